import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { services, type ServiceName } from '../../reference/services.js';
import { serviceModel } from '../protocols/service-model.js';
import { catalogue } from './catalogue.js';

const names = Object.keys(services) as ServiceName[];

it.each(names)('the page of %s lists exactly the operations that answer', async (name) => {
  const { handlers } = await catalogue[name]();
  const page = readFileSync(join(import.meta.dirname, name, `${name}.md`), 'utf8');
  const listed = [...(/## Operations\n\n\d+ answer: ([^.]*)\./.exec(page)?.[1] ?? '').matchAll(/`(\w+)`/g)].map(
    ([, operation]) => operation,
  );
  expect(listed.sort()).toEqual(Object.keys(handlers).sort());
});

it.each(names)('every operation that %s answers is one that AWS has', async (name) => {
  const { handlers } = await catalogue[name]();
  const { operations } = serviceModel(await services[name].load());
  expect(Object.keys(handlers).filter((operation) => !operations.has(operation))).toEqual([]);
});
