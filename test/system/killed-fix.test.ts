import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile } from 'node:fs/promises';
import { createServer, request as forward, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serveTwin, TWIN_ACCESS_KEY, TWIN_SECRET_KEY, type ServedTwin } from '../../src/engine/twin/serve-twin.js';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
let served: ServedTwin;
let home: string;
let wire: Server;
let url: string;
/** While true, the answer to a revoke is swallowed after the twin has carried it out. */
let swallow = false;
let revokes = 0;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'hikeshi-killed-'));
  served = await serveTwin({ kind: 'demo', accounts: 7, seed: 3 }, 0, new Date());
  const twinPort = Number(new URL(served.door.url).port);
  wire = createServer((given, answer) => {
    const chunks: Buffer[] = [];
    given.on('data', (chunk: Buffer) => chunks.push(chunk));
    given.on('end', () => {
      const body = Buffer.concat(chunks);
      const isRevoke = body.includes('Action=RevokeSecurityGroupIngress');
      if (isRevoke) revokes += 1;
      const options = { port: twinPort, method: given.method, path: given.url, headers: given.headers };
      const sent = forward(options, (back) => {
        if (isRevoke && swallow) return void back.resume();
        answer.writeHead(back.statusCode ?? 500, back.headers);
        back.pipe(answer);
      });
      sent.end(body);
    });
  });
  await new Promise<void>((done) => wire.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(wire.address() as { port: number }).port}`;
});

afterAll(async () => {
  wire.closeAllConnections();
  wire.close();
  await served.door.close();
});

function start(args: readonly string[]) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    HIKESHI_HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: TWIN_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TWIN_SECRET_KEY,
    AWS_REGION: 'us-east-1',
  };
  const child = spawn(process.execPath, [main, ...args], { env });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<{ code: number | null; text: string }>((done) =>
    child.on('exit', (code) => done({ code, text })),
  );
  return { child, ended };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (await holds()) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('it did not come true in 10 seconds');
}

it('a fix that was killed after its call took effect is continued without making the call again', async () => {
  await start(['scan', '--region', 'us-east-1,eu-west-1,ap-northeast-1', '--control', 'EC2.13']).ended;
  const findings = (await readFile(join(home, 'findings.jsonl'), 'utf8')).split('\n');
  const { id } = JSON.parse(findings.find((line) => line.includes('"FAILED"')) ?? '') as { id: string };

  swallow = true;
  const fix = start(['fix', id, '--yes']);
  await until(() => revokes === 1);
  fix.child.kill('SIGKILL');
  await fix.ended;
  swallow = false;

  const [file = ''] = await readdir(join(home, 'runs'));
  const run = file.replace('.jsonl', '');
  const record = await readFile(join(home, 'runs', file), 'utf8');
  expect(record).toContain('"kind":"intent"');
  expect(record).not.toContain('"kind":"done"');
  expect((await start(['explain', run]).ended).text).toContain(`${run} interrupted`);

  const continued = await start(['continue', run]).ended;
  expect(continued.text).toMatch(/completed; EC2\.13 is now PASSED/);
  expect(continued.code).toBe(0);
  expect(revokes).toBe(1);

  const undone = await start(['undo', run]).ended;
  expect(undone.text).toMatch(/taken back; EC2\.13 is now FAILED/);
}, 60_000);
