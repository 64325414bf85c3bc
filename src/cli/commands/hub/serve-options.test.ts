import { expect, it } from 'vitest';
import { defaultHubRetention } from '../../../engine/hub/retention-chores.js';
import { importBytesOf, oidcOf, retentionOf, type ServeOptions } from './serve-options.js';

it('how long things are kept is given in whole days from 1', () => {
  const given = { keepFindings: '90', keepEvents: '30', keepHistory: '365' } as ServeOptions;
  expect(retentionOf(given)).toEqual(defaultHubRetention);
  for (const keepEvents of ['0', '-1', '1.5', 'x', '36501', '']) {
    expect(() => retentionOf({ ...given, keepEvents })).toThrow('--keep-events');
  }
});

it('the limit of an import of lines is given in whole megabytes from 1', () => {
  expect(importBytesOf({ importMb: '4096' })).toBe(4 * 1024 ** 3);
  for (const importMb of ['0', '-1', '1.5', '4g', '']) expect(() => importBytesOf({ importMb })).toThrow('--import-mb');
});

it('how long a browser stays signed in is given in whole minutes, a day at most', () => {
  const given = {
    oidcIssuer: 'https://login.example.com',
    oidcClientId: 'hub',
    oidcRole: ['viewer=all'],
    oidcScope: [],
  };
  const read = (sessionMinutes: string) => oidcOf({ ...given, sessionMinutes } as unknown as ServeOptions, {});
  expect(read('60')?.sessionMinutes).toBe(60);
  for (const minutes of ['0', '-5', '1.5', 'x', '1441', '']) expect(() => read(minutes)).toThrow('--session-minutes');
});
