import { Type } from '@sinclair/typebox';
import { checked, isInvalid } from '../../base/checked.js';
import { Problem } from '../../base/problem.js';
import { defaultSettings, responseSettingsSchema, type ResponseSettings } from './settings.js';

/** What is left out is as it is by default. */
export const givenSettingsSchema = Type.Partial(responseSettingsSchema);

/**
 * Settings from outside, every field checked: a mistyped exclusion would otherwise be none.
 *
 * @throws Problem `response-settings` naming the field and what is wrong with it. Nothing of such settings is used.
 */
export function readResponseSettings(value: unknown): ResponseSettings {
  const given = checked(givenSettingsSchema, value, 'settings');
  if (isInvalid(given)) {
    const { field, rule } = given.invalid;
    throw new Problem('response-settings', `\`${field}\`: ${rule}`, {
      next: 'correct it and write the settings again; the ones before are still in force',
      exit: 'badUsage',
    });
  }
  const settings = { ...defaultSettings, ...given };
  for (const list of ['windows', 'schedules'] as const) checkNames(list, settings[list]);
  return settings;
}

/** Two of one name could not be told apart. */
function checkNames(list: string, items: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const [place, { name }] of items.entries()) {
    if (seen.has(name)) {
      throw new Problem('response-settings', `\`settings.${list}.${place}.name\`: \`${name}\` is there already`, {
        next: 'give each its own name',
        exit: 'badUsage',
      });
    }
    seen.add(name);
  }
}
