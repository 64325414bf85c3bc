import type { Command } from 'commander';
import { openConnection, realPace } from '../../../engine/connect/open.js';
import { exportToSecurityHub, type PlaceExport } from '../../../engine/export/security-hub.js';
import type { AsffFinding } from '../../../findings/hub/finding-hub.js';
import { exitWith } from '../../exit.js';
import type { HubClient } from '../../hub-client.js';
import { connectionOptions, withReach, type ReachOptions } from '../../options.js';
import { clientOf, list, show, withHub, type HubOptions } from './with-hub.js';

const PAGE = '100';
const FAILED_SHOWN = 20;

/** `findings push`: what the hub's scans and events found, to AWS Security Hub. */
export function pushCommand(findings: Command): void {
  withReach(withHub(findings.command('push')))
    .description(
      "write Hikeshi's own findings to the AWS Security Hub of each account and region, where they are newer",
    )
    .action(async (_given: unknown, command: Command) => {
      const options = command.optsWithGlobals<HubOptions & ReachOptions>();
      const client = await clientOf(options);
      const connection = await openConnection(connectionOptions(options));
      const reaches = (accountId: string) => options.orgRole !== undefined || accountId === connection.caller.accountId;
      try {
        const places = await exportToSecurityHub(ownFindings(client, options), {
          send: connection.send,
          reaches,
          now: new Date(),
          pace: realPace,
        });
        show(options, { places }, () => placesText(places));
        if (places.some(({ failed }) => failed.length > 0)) exitWith('partial');
      } finally {
        connection.close();
      }
    });
}

/** Archived ones too: what is over is to be over there as well. */
async function* ownFindings(client: HubClient, options: ReachOptions): AsyncGenerator<readonly AsffFinding[]> {
  const query = { product: ['Hikeshi'], account: list(options.accounts), region: list(options.region), limit: PAGE };
  let after: string | undefined;
  do {
    const page = await client.get<{ findings: AsffFinding[]; next?: string }>('/api/v1/findings', { ...query, after });
    yield page.findings;
    after = page.next;
  } while (after !== undefined);
}

function placesText(places: readonly PlaceExport[]): string {
  if (places.length === 0) return "the hub has no findings of Hikeshi's own\n";
  const lines = places.flatMap(({ accountId, region, pushed, unchanged, failed }) => [
    `${accountId} ${region}: ${pushed} pushed, ${unchanged} there already, ${failed.length} failed`,
    ...failedLines(failed),
  ]);
  return `${lines.join('\n')}\n`;
}

/** What is refused for one reason, as a whole account may be, is told once. */
function failedLines(failed: PlaceExport['failed']): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { Id, code, message } of failed) {
    const reason = `${code}: ${message}`;
    const ids = byReason.get(reason);
    if (ids === undefined) byReason.set(reason, [Id]);
    else ids.push(Id);
  }
  const lines = [...byReason].map(
    ([reason, ids]) => `  ${ids.length === 1 ? (ids[0] ?? '') : `${ids.length} findings`}: ${reason}`,
  );
  const more = lines.length - FAILED_SHOWN;
  return more > 0 ? [...lines.slice(0, FAILED_SHOWN), `  and ${more} more reasons (--json has them all)`] : lines;
}
