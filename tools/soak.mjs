// `npm run soak`: the simulation of responses over 10,000 crashes (or as many as the first argument says), from seeds of its
// own. A failing seed prints the command that plays it again.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { install, root } from './setup.mjs';

install();
const crashes = process.argv[2] ?? '10000';
if (!/^[1-9]\d*$/.test(crashes)) throw new Error(`\`${crashes}\` is not a number of crashes`);
const env = {
  ...process.env,
  RESPOND_CRASHES: crashes,
  RESPOND_SEED: process.env.RESPOND_SEED ?? String(1 + Math.floor(Math.random() * 1e6)),
};
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const { status } = spawnSync(process.execPath, [vitest, 'run', 'src/engine/respond/simulation.test.ts'], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exit(status ?? 1);
