import type { Command } from 'commander';
import { Problem } from '../../../base/problem.js';
import type { Asked } from '../../../engine/respond/ask-for-open.js';
import type { Wave, WaveLimits } from '../../../engine/respond/waves.js';
import type { Scope } from '../../../engine/scope/scope.js';
import { terminalOf } from '../../options.js';
import { table } from '../../table.js';
import { jsonFile } from './rules.js';
import { clientOf, list, show, withHub, type HubOptions } from './with-hub.js';

/** So many runs are asked for in one call. */
const AT_ONCE = 500;

interface StartOptions extends HubOptions {
  readonly control?: string;
  readonly accounts?: string;
  readonly ou?: string;
  readonly region?: string;
  readonly severity?: string;
  readonly scope?: string;
  readonly mode: string;
  readonly graceDays?: number;
  readonly perHour?: number;
  readonly failureRate: number;
  readonly failuresAfter: number;
  readonly add?: boolean;
}

const pathOf = (id: string, verb = '') => `/api/v1/waves/${encodeURIComponent(id)}${verb}`;

/** `waves start|list|show|go-on`. */
export function wavesCommand(program: Command): void {
  const waves = program
    .command('waves')
    .description('many runs as one undertaking, that ends itself when too many fail');
  startCommand(waves);
  withHub(waves.command('list').description('waves, newest first')).action(
    async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<{ waves: Wave[] }>('/api/v1/waves');
      show(options, answer, (_terminal, { waves: all }) =>
        all.length === 0
          ? 'no waves\n'
          : table(
              [
                { title: 'wave' },
                { title: 'started' },
                { title: 'by' },
                { title: 'breaker' },
                { title: 'runs', widest: 80 },
              ],
              all.map((wave) => [
                wave.id,
                wave.startedAt.slice(0, 16),
                wave.startedBy,
                wave.broken === undefined ? 'closed' : 'open',
                runsText(wave),
              ]),
            ),
      );
    },
  );
  withHub(waves.command('show').argument('<wave>', 'its name').description('a wave and how its runs go')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<{ wave: Wave }>(pathOf(id));
      show(options, answer, (_terminal, { wave }) => waveText(wave));
    },
  );
  withHub(
    waves
      .command('go-on')
      .argument('<wave>', 'its name')
      .description('close the breaker of a wave, and resume the runs that it stopped'),
  ).action(async (id: string, _given: unknown, command: Command) => {
    const options = command.optsWithGlobals<HubOptions>();
    const client = await clientOf(options);
    let resumed = 0;
    let more = true;
    while (more) {
      const answer = await client.post<{ resumed: number; more: boolean }>(pathOf(id, '/go-on'));
      resumed += answer.resumed;
      more = answer.more && answer.resumed > 0;
    }
    show(options, { resumed }, () => `wave ${id} goes on: ${resumed} of its runs are resumed\n`);
  });
}

function startCommand(waves: Command): void {
  withHub(waves.command('start').argument('<wave>', 'a name for it').description('ask for a run for each open finding'))
    .option('--control <ids>', 'of these controls, separated by commas; `EC2.*` is a whole service')
    .option('--accounts <ids>', 'in these accounts')
    .option('--ou <paths>', 'in these organizational units, by path: Workloads/Prod')
    .option('--region <names>', 'in these regions')
    .option('--severity <labels>', 'of these severities')
    .option('--scope <file>', 'a scope as JSON instead, as rules have it')
    .option('--mode <mode>', 'notify, ask or automatic', 'ask')
    .option('--grace-days <n>', 'apply nothing before so many days; owners are warned first', Number)
    .option('--per-hour <n>', 'begin no more runs than so many in any hour', Number)
    .option('--failure-rate <share>', 'stop when more than this share of those that ended failed', Number, 0.1)
    .option('--failures-after <n>', 'look at the share once so many have ended', Number, 5)
    .option('--add', 'ask for more runs of a wave that is there')
    .action(async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<StartOptions>();
      const scope = await scopeIn(options);
      const client = await clientOf(options);
      if (options.add !== true) await client.post('/api/v1/waves', { id, ...limitsIn(options) });
      const total = { asked: 0, answered: 0, unknown: 0 };
      let more = true;
      while (more) {
        const grace = options.graceDays === undefined ? {} : { graceDays: options.graceDays };
        const wish = { scope, mode: options.mode, runsMax: AT_ONCE, ...grace };
        const answer = await client.post<Asked>(pathOf(id, '/runs'), wish);
        total.asked += answer.asked;
        Object.assign(total, { answered: answer.answered, unknown: answer.unknown });
        ({ more } = answer);
        if (more) terminalOf(options).err(`${total.asked} asked for …\n`);
      }
      show(options, { wave: id, ...total }, () => askedText(id, total));
    });
}

function limitsIn({ perHour, failureRate, failuresAfter }: StartOptions): WaveLimits {
  return { ...(perHour === undefined ? {} : { perHourMax: perHour }), failureRateMax: failureRate, failuresAfter };
}

/** @throws Problem `no-scope`: a wave over everything must be meant. */
async function scopeIn(options: StartOptions): Promise<Scope> {
  if (options.scope !== undefined) return (await jsonFile(options.scope)) as Scope;
  const parts = {
    controls: list(options.control),
    accounts: list(options.accounts),
    organizationalUnits: list(options.ou),
    regions: list(options.region),
    severities: list(options.severity),
  };
  const given = Object.entries(parts).filter(([, values]) => values !== undefined);
  if (given.length > 0) return Object.fromEntries(given) as Scope;
  throw new Problem('no-scope', 'it is not said which findings the wave is about', {
    next: 'name controls, accounts, units, regions or severities, or give a --scope file',
    exit: 'badUsage',
  });
}

function askedText(id: string, { asked, answered, unknown }: Omit<Asked, 'more'>): string {
  const rest = [
    ...(answered === 0 ? [] : [`${answered} have a run already`]),
    ...(unknown === 0 ? [] : [`${unknown} left out: it is not known whether they are in scope`]),
  ];
  return `wave ${id}: ${asked} runs asked for${rest.map((text) => `; ${text}`).join('')}\nsee them: hikeshi waves show ${id}\n`;
}

const runsText = ({ runs }: Wave): string =>
  Object.entries(runs)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ') || 'none yet';

function waveText(wave: Wave): string {
  const { id, startedBy, startedAt, perHourMax, failureRateMax, failuresAfter, broken, closed } = wave;
  const share = `${Math.round(failureRateMax * 1000) / 10} %`;
  return [
    `${id}, started by ${startedBy} at ${startedAt}`,
    `runs     ${runsText(wave)}`,
    `pace     ${perHourMax === undefined ? 'no limit' : `at most ${perHourMax} begin in any hour`}`,
    `breaker  opens when more than ${share} of those that ended failed, once ${failuresAfter} have ended`,
    ...(broken === undefined
      ? []
      : [`         OPEN since ${broken.at}: ${broken.reason}`, `next     hikeshi waves go-on ${id}`]),
    ...(closed === undefined
      ? []
      : [`         closed by ${closed.by} at ${closed.at}; what failed before does not count`]),
    '',
  ].join('\n');
}
