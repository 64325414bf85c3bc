import { Problem } from '../../base/problem.js';
import { defaultSettings, type ResponseSettings } from './settings.js';

type Check = (value: unknown, field: string) => void;

/**
 * Settings from outside, every field checked.
 *
 * @throws Problem `response-settings` naming the field and what is wrong with it. Nothing of such settings is used.
 */
export function readResponseSettings(value: unknown): ResponseSettings {
  const parts: Readonly<Record<keyof ResponseSettings, Check>> = {
    include: listOf(scope),
    exclude: listOf(scope),
    approvals: listOf(
      members(
        { name: text, approval: oneOf('automatic', 'one', 'two') },
        {
          scope,
          risks: listOf(oneOf('S', 'M', 'H')),
          requestedBy: text,
          expiresAfterHours: positive,
        },
      ),
    ),
    windows: listOf(members({ name: text, days: listOf(day), from: time, to: time }, { scope })),
    rates: listOf(members({ perSecond: positive, burst: atLeastOne }, { service: text })),
    schedules: listOf(
      members({ name: text, cron, scope, mode: oneOf('notify', 'ask', 'automatic'), runsMax: atLeastOne }, {}),
    ),
  };
  members({}, parts)(value, 'settings');
  return { ...defaultSettings, ...(value as Partial<ResponseSettings>) };
}

function wrong(field: string, value: unknown, wanted: string): Problem {
  return new Problem(
    'response-settings',
    `\`${field}\` is \`${JSON.stringify(value) ?? 'missing'}\`; it must be ${wanted}`,
    {
      next: 'correct it and write the settings again; the ones before are still in force',
      exit: 'badUsage',
    },
  );
}

function members(required: Readonly<Record<string, Check>>, optional: Readonly<Record<string, Check>>): Check {
  return (value, field) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) throw wrong(field, value, 'an object');
    const given = value as Readonly<Record<string, unknown>>;
    for (const name of Object.keys(given)) {
      const known = [...Object.keys(required), ...Object.keys(optional)];
      // A mistyped exclusion would otherwise be none.
      if (!known.includes(name)) throw wrong(`${field}.${name}`, given[name], `absent: known are ${known.join(', ')}`);
    }
    for (const [name, check] of Object.entries(required)) check(given[name], `${field}.${name}`);
    for (const [name, check] of Object.entries(optional)) {
      if (given[name] !== undefined) check(given[name], `${field}.${name}`);
    }
  };
}

function listOf(check: Check, most = 1000): Check {
  return (value, field) => {
    if (!Array.isArray(value) || value.length > most) throw wrong(field, value, `a list of at most ${most}`);
    value.forEach((item, place) => check(item, `${field}[${place}]`));
  };
}

function rule(wanted: string, holds: (value: unknown) => boolean): Check {
  return (value, field) => {
    if (!holds(value)) throw wrong(field, value, wanted);
  };
}

const oneOf = (...known: readonly string[]): Check =>
  rule(`one of ${known.join(', ')}`, (value) => known.includes(value as string));
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && value.length <= 256;
const text = rule('a text of 1 to 256 characters', isText);
const positive = rule('a number above 0', (value) => typeof value === 'number' && value > 0 && Number.isFinite(value));
const atLeastOne = rule(
  'a number of at least 1',
  (value) => typeof value === 'number' && value >= 1 && Number.isFinite(value),
);
const day = rule(
  'a day from 0 (Sunday) to 6',
  (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 6,
);
const time = rule('a time HH:MM', (value) => typeof value === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(value));
const cron = rule(
  'five or six fields of cron',
  (value) => isText(value) && [5, 6].includes(value.trim().split(/\s+/).length),
);
const account = rule('an account id of 12 digits', (value) => typeof value === 'string' && /^\d{12}$/.test(value));
const tags: Check = (value, field) => {
  const isObject =
    value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
  if (!isObject) throw wrong(field, value, 'an object of tag keys and values');
  for (const [key, tag] of Object.entries(value as object)) {
    if (typeof tag !== 'string') throw wrong(`${field}.${key}`, tag, 'a text, or `*` for any');
  }
};
const scope = members(
  {},
  {
    accounts: listOf(account, 10_000),
    organizationalUnits: listOf(text),
    regions: listOf(text),
    severities: listOf(oneOf('CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL')),
    controls: listOf(text),
    tags,
  },
);
