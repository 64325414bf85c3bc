import { benchWorker } from './runs-world.js';

const [url = '', home] = process.argv.slice(2);
const { worker, database } = await benchWorker(url, home === '' ? undefined : home);
process.stdout.write(`ready ${worker.name}\n`);
process.once('SIGTERM', () => {
  void worker.drain().then(() => database.close());
});
