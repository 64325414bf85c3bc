import type { Command } from 'commander';
import type { Token } from '../../../store/access/access-store.js';
import { tokenTable } from '../../render/hub.js';
import { clientOf, list, show, withHub, type HubOptions } from './with-hub.js';

interface CreateOptions extends HubOptions {
  readonly name: string;
  readonly kind: string;
  readonly role: string;
  readonly days: string;
  readonly accounts?: string;
  readonly ou?: string;
  readonly account?: string;
}

/** `tokens create|list|revoke`. */
export function tokensCommand(program: Command): void {
  const tokens = program.command('tokens').description('what opens the hub to programs and people');
  withHub(tokens.command('create').description('make a token; it is shown once'))
    .requiredOption('--name <name>', 'who or what it is for')
    .requiredOption('--role <role>', 'viewer, responder, approver or admin')
    .option('--kind <kind>', 'api; aws, an access key for the AWS CLI and SDKs; webhook, to sign events with', 'api')
    .option('--days <n>', 'how long it works, up to 366', '90')
    .option('--accounts <ids>', 'only for these accounts, separated by commas')
    .option('--ou <paths>', 'only for accounts under these organizational units, by path: Workloads/Prod')
    .option('--account <id>', 'of an access key: the account that it calls as')
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<CreateOptions>();
      const { name, kind, role, account } = options;
      const [accounts, units] = [list(options.accounts), list(options.ou)];
      const answer = await (
        await clientOf(options)
      ).post<{ token: Token; secret: string }>('/api/v1/tokens', {
        name,
        kind,
        role,
        days: Number(options.days),
        ...(accounts === undefined ? {} : { accounts }),
        ...(units === undefined ? {} : { units }),
        ...(account === undefined ? {} : { account }),
      });
      show(options, answer, () => secretText(answer));
    });
  withHub(tokens.command('list').description('tokens, never their secrets')).action(
    async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).get<{ tokens: Token[] }>('/api/v1/tokens');
      show(options, answer, (_terminal, { tokens: all }) => tokenTable(all, new Date()));
    },
  );
  withHub(tokens.command('revoke').argument('<id>', 'its id').description('end a token at once')).action(
    async (id: string, _given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions>();
      const answer = await (await clientOf(options)).delete<object>(`/api/v1/tokens/${encodeURIComponent(id)}`);
      show(options, answer, () => `revoked ${id}\n`);
    },
  );
}

function secretText({ token, secret }: { readonly token: Token; readonly secret: string }): string {
  const until = `works until ${token.expiresAt.slice(0, 10)}; it is not shown again\n`;
  switch (token.kind) {
    case 'api':
      return `export HIKESHI_TOKEN=${secret}\n${until}`;
    case 'aws':
      return `export AWS_ACCESS_KEY_ID=${token.id}\nexport AWS_SECRET_ACCESS_KEY=${secret}\n${until}`;
    case 'webhook':
      return `source ${token.id}\nsecret ${secret}\n${until}`;
  }
}
