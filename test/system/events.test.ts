import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const main = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
const folder = mkdtempSync(join(tmpdir(), 'hikeshi-events-'));

/** Runs `events test` on two texts as files. */
function tried(pattern: string, event: string, ...more: string[]) {
  const paths = { pattern: join(folder, 'pattern.json'), event: join(folder, 'event.json') };
  writeFileSync(paths.pattern, pattern);
  writeFileSync(paths.event, event);
  const args = [main, 'events', 'test', '--pattern', paths.pattern, '--event', paths.event, ...more];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

const pattern = '{"source":["aws.cloudtrail"],"detail":{"eventName":["StopLogging",{"prefix":"Delete"}]}}';

describe('hikeshi events test', () => {
  it('ends with 0 when the event matches, and says which value did', () => {
    const { status, stdout } = tried(pattern, '{"source":"aws.cloudtrail","detail":{"eventName":"DeleteTrail"}}');
    expect(stdout).toMatch(/the event matches\n.*yes {2}source.*\n.*yes {2}detail\.eventName.*saw "DeleteTrail"/);
    expect(status).toBe(0);
  });

  it('ends with 1 when it does not, and says what was expected and seen', () => {
    const { status, stdout } = tried(pattern, '{"source":"aws.cloudtrail","detail":{"eventName":"CreateTrail"}}');
    expect(stdout).toMatch(
      /no {3}detail\.eventName: expected "StopLogging" or a text that begins with "Delete"; saw "CreateTrail"/,
    );
    expect(status).toBe(1);
  });

  it('answers JSON when asked', () => {
    const { status, stdout } = tried(pattern, '{"source":"aws.s3"}', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      matched: false,
      fields: [{ seen: '"aws.s3"' }, { seen: 'nothing' }],
    });
    expect(status).toBe(1);
  });

  it.each([
    {
      name: 'a pattern with a mistake',
      given: ['{"a":\n [{"prefx":"x"}]}', '{}'],
      says: /line 2, column 3.*`prefx` is not an operator/,
    },
    { name: 'an event that is no JSON', given: [pattern, '{'], says: /event .* is not JSON/ },
    { name: 'an event that is a list', given: [pattern, '[]'], says: /is not a JSON object/ },
  ])('refuses $name with 252', ({ given: [pattern = '', event = ''], says }) => {
    const { status, stderr } = tried(pattern, event);
    expect(stderr).toMatch(says);
    expect(stderr).toContain('next: ');
    expect(status).toBe(252);
  });
});
