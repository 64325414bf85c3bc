import { userInfo } from 'node:os';
import { Option, type Command } from 'commander';
import { Problem } from '../../base/problem.js';
import type { KeyService, ServedKey } from '../../engine/keys/key-service.js';
import { usagesOf, isKeySpec, keySpecs } from '../../keys/key-spec.js';
import { publicJwk, publicPem } from '../../keys/public-formats.js';
import type { Ledger } from '../../engine/attest/ledger.js';
import { formatVerifierKey, verifierKey } from '../../ledger/note/verifier-key.js';
import type { LedgerRecord, RecordKind } from '../../ledger/record/statement.js';
import { keyName, withKeys, withOpenKeys, type KeyOptions } from '../keys.js';
import { openLedger } from '../ledger.js';
import { homeOf, terminalOf } from '../options.js';
import { table } from '../table.js';

const KEY = 'its id or alias (with --kms ARN it is that key)';

/** `hikeshi keys …`: keys to sign with, embedded or in AWS KMS. */
export function keysCommand(program: Command): void {
  const keys = program.command('keys').description('keys to sign with: create, list, public, rotate, disable, delete');
  addCreate(keys);
  withKeys(keys.command('list'))
    .description('the keys, and what they are for')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions>();
      const all = await withOpenKeys(options, (service) => service.list());
      terminalOf(options).out(options.json === true ? `${JSON.stringify(all, undefined, 1)}\n` : keyTable(all));
    });
  addPublic(keys);
  addChanges(keys);
}

function addCreate(keys: Command): void {
  const specs = Object.keys(keySpecs).filter((spec) => isKeySpec(spec) && usagesOf(spec).includes('SIGN_VERIFY'));
  withKeys(keys.command('create'))
    .argument('[alias]', 'a name for it')
    .description('make a key; its private part never leaves the key store')
    .addOption(new Option('--spec <spec>', "KMS's key spec").choices(specs).default('ECC_NIST_EDWARDS25519'))
    .option('--description <text>', 'what it is for')
    .action(async (alias: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions & { spec: string; description?: string }>();
      const { spec, description } = options;
      if (!isKeySpec(spec)) throw new Problem('key-usage', `\`${spec}\` is no key spec`, { exit: 'badUsage' });
      const given = {
        spec,
        usage: 'SIGN_VERIFY' as const,
        ...(alias === undefined ? {} : { alias: checkAlias(alias) }),
        ...(description === undefined ? {} : { description }),
      };
      await change(options, 'key', 'create', (service) => service.create(given));
    });
}

/** KMS's own rule for the names of aliases. */
function checkAlias(text: string): string {
  const alias = text.replace(/^alias\//, '');
  if (/^[A-Za-z0-9/_-]{1,250}$/.test(alias) && !alias.startsWith('aws/')) return alias;
  const next = 'letters, digits, `/`, `_` and `-`, and not `aws/` at the beginning';
  throw new Problem('bad-alias', `\`${text}\` cannot be an alias`, { next, exit: 'badUsage' });
}

function addPublic(keys: Command): void {
  withKeys(keys.command('public'))
    .argument('[key]', KEY)
    .description('the public key, to give to who verifies')
    .addOption(new Option('--format <format>', 'its form').choices(['pem', 'jwks', 'vkey']).default('pem'))
    .option('--name <name>', 'the name in a vkey: that of the log or witness')
    .action(async (given: string | undefined, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<KeyOptions & { format: string; name?: string }>();
      const name = keyName(given, options);
      const part = await withOpenKeys(options, (service) => service.publicPart(name));
      const terminal = terminalOf(options);
      const jwk = options.format === 'jwks' ? publicJwk(part) : undefined;
      if (options.format === 'pem') {
        terminal.out(publicPem(part));
      } else if (jwk !== undefined) {
        terminal.out(`${JSON.stringify({ keys: [jwk] }, undefined, 1)}\n`);
      } else if (part.kind === 'lattice') {
        const next = 'use --format pem or jwks';
        throw new Problem('key-format', `\`${part.spec}\` has no ${options.format}`, { next, exit: 'badUsage' });
      } else {
        terminal.out(`${formatVerifierKey(verifierKey(options.name ?? name, part.key))}\n`);
      }
    });
}

function addChanges(keys: Command): void {
  const commands: readonly (readonly [
    verb: string,
    kind: RecordKind,
    description: string,
    work: (service: KeyService, name: string, days: number) => Promise<ServedKey>,
  ])[] = [
    [
      'rotate',
      'rotation',
      'make a new key in its place; the old one stays for what it signed',
      async (service, name) => (await service.rotate(name)).now,
    ],
    [
      'disable',
      'key',
      'nothing is signed with it until it is enabled again',
      (service, name) => service.setEnabled(name, false),
    ],
    ['enable', 'key', 'take a disabled key into use again', (service, name) => service.setEnabled(name, true)],
    [
      'schedule-deletion',
      'destruction',
      'destroy it after a window in which that can be taken back',
      (service, name, days) => service.scheduleDeletion(name, days),
    ],
    [
      'cancel-deletion',
      'key',
      'keep a key that was to be destroyed; it is disabled then',
      (service, name) => service.cancelDeletion(name),
    ],
  ];
  for (const [verb, kind, description, work] of commands) {
    const command = withKeys(keys.command(verb)).argument('[key]', KEY).description(description);
    if (verb === 'schedule-deletion') command.option('--days <n>', 'the window, 7 to 30 days', '30');
    command.action(async (given: string | undefined, _given: unknown, run: Command) => {
      const options = run.optsWithGlobals<KeyOptions & { days?: string }>();
      const name = keyName(given, options);
      await change(options, kind, verb, (service) => work(service, name, Number(options.days ?? 30)), name);
    });
  }
}

/** Changes a key, and attests it: who holds the ledger sees when which key came and went. */
async function change(
  options: KeyOptions,
  kind: RecordKind,
  verb: string,
  work: (service: KeyService) => Promise<ServedKey>,
  name?: string,
): Promise<void> {
  const terminal = terminalOf(options);
  const home = homeOf(options);
  const ledger = await openLedger(home);
  try {
    const { key, place, pem } = await withOpenKeys(options, async (service) => {
      if (name !== undefined && TAKING_AWAY.has(verb)) await refuseInUse(service, name, ledger);
      const changed = await work(service);
      const canBeRead = changed.state === 'Enabled' && changed.usage === 'SIGN_VERIFY';
      return {
        key: changed,
        place: service.place,
        pem: canBeRead ? publicPem(await service.publicPart(changed.id)) : undefined,
      };
    });
    const record: LedgerRecord = {
      kind,
      at: new Date().toISOString(),
      by: userInfo().username,
      subjects: [key.arn ?? `key ${key.id}`],
      title: `${verb} ${key.aliases[0] ?? key.id}, ${key.spec} in ${place}`,
      detail: { verb, place, key: { ...key }, ...(pem === undefined ? {} : { publicKey: pem }) },
    };
    const { index } = await ledger.append(record).catch((cause: unknown) => {
      throw unattested(record.title, cause);
    });
    terminal.out(
      options.json === true
        ? `${JSON.stringify({ ...key, ledgerEntry: index })}\n`
        : `${terminal.paint.green('✓')} ${described(key)}\n  ledger entry ${index}\n`,
    );
  } finally {
    ledger.close();
  }
}

/** The key is changed, in AWS KMS perhaps for good: what failed is only its record. */
function unattested(title: string, cause: unknown): unknown {
  if (!(cause instanceof Problem)) return cause;
  const next = `${cause.next ?? 'see to the ledger'}. \`hikeshi keys list\` shows the key`;
  return new Problem('not-attested', `\`${title}\` was done, and is not in the ledger: ${cause.message}`, {
    next,
    cause,
  });
}

const TAKING_AWAY = new Set(['disable', 'schedule-deletion']);

/** The key that signs the ledger cannot be taken away from under it: what is done next could not be attested. */
async function refuseInUse(service: KeyService, name: string, ledger: Ledger): Promise<void> {
  const { signingKey, keys } = ledger.settings;
  const { id, arn, aliases, usage } = await service.describe(name);
  if (usage !== 'SIGN_VERIFY') return;
  const isNamed = [id, arn, ...aliases].includes(signingKey);
  if (!isNamed) return;
  const part = await service.publicPart(id);
  if (part.kind !== 'pair' || keys.at(-1)?.publicKey.equals(part.key) !== true) return;
  const next = `\`hikeshi keys rotate ${name}\` first; the old key can be taken away then`;
  throw new Problem('key-in-use', `the key \`${name}\` signs the ledger`, { next, exit: 'badUsage' });
}

function described({ id, aliases, spec, state, deletionDate }: ServedKey): string {
  const until = deletionDate === undefined ? '' : `, destroyed on ${deletionDate}`;
  return `${aliases.join(', ') || id} (${id}): ${spec}, ${state}${until}`;
}

function keyTable(keys: readonly ServedKey[]): string {
  if (keys.length === 0) return 'no keys yet; `hikeshi keys create NAME` makes one\n';
  const columns = ['KEY', 'ALIAS', 'SPEC', 'STATE', 'CREATED', 'FOR'].map((title) => ({ title }));
  const rows = keys.map(({ id, aliases, spec, state, createdAt, deletionDate, description }) => [
    id,
    aliases.join(', '),
    spec,
    deletionDate === undefined ? state : `${state} ${deletionDate.slice(0, 10)}`,
    createdAt.slice(0, 10),
    description ?? '',
  ]);
  return `${table(columns, rows)}\n`;
}
