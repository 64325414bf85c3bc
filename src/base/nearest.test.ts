import { expect, it } from 'vitest';
import { didYouMean } from './nearest.js';

const many = Array.from({ length: 12 }, (_, index) => `region-${String.fromCharCode(97 + index)}`);

it.each([
  {
    name: 'a letter wrong',
    typed: 'us-est-1',
    names: ['us-east-1', 'eu-west-1'],
    says: 'did you mean `us-east-1`, `eu-west-1`?',
  },
  { name: 'two letters swapped', typed: 'Wrok', names: ['Prod', 'Work'], says: 'did you mean `Work`, `Prod`?' },
  { name: 'a part of it', typed: 'east', names: ['us-east-1', 'eu-west-1'], says: /^did you mean `us-east-1`/ },
  { name: 'more than it', typed: 'production', names: ['Prod', 'Dev'], says: 'did you mean `Prod`?' },
  { name: 'a digit too many', typed: 'EC2.88', names: ['EC2.1', 'EC2.8'], says: 'did you mean `EC2.8`, `EC2.1`?' },
  {
    name: 'nothing like it',
    typed: 'moon',
    names: ['us-east-1', 'eu-west-1'],
    says: 'it is one of `eu-west-1`, `us-east-1`',
  },
  { name: 'nothing like it among many', typed: 'x', names: many, says: /`region-j`, … \(12 in all\)$/ },
  { name: 'a name that is there twice', typed: 'Prd', names: ['Prod', 'Prod'], says: 'did you mean `Prod`?' },
  { name: 'no names at all', typed: 'x', names: [], says: undefined },
])('$name: what was meant is told', ({ typed, names, says }) => {
  if (says instanceof RegExp) expect(didYouMean(typed, names)).toMatch(says);
  else expect(didYouMean(typed, names)).toBe(says);
});
