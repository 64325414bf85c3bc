import { expect, it } from 'vitest';
import { defaultHubRetention } from '../../../engine/hub/retention-chores.js';
import { retentionOf, type ServeOptions } from './serve-options.js';

it('how long things are kept is given in whole days from 1', () => {
  const given = { keepFindings: '90', keepEvents: '30', keepHistory: '365' } as ServeOptions;
  expect(retentionOf(given)).toEqual(defaultHubRetention);
  for (const keepEvents of ['0', '-1', '1.5', 'x', '36501', '']) {
    expect(() => retentionOf({ ...given, keepEvents })).toThrow('--keep-events');
  }
});
