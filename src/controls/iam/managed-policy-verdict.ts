import type { Resource } from '../../estate/estate.js';
import { because, type Verdict } from '../control.js';
import { defaultVersion, type Reading } from '../policy-document.js';
import { weigh } from '../weigh.js';

/** What a judge of a document found: what is wrong with it, or why that stayed open; neither when it is right. */
export interface DocumentFindings {
  readonly wrong?: string;
  readonly open?: string;
}

/** The verdict on a customer managed policy from what its default version means. */
export function judgeManagedPolicy(
  policy: Resource<'AWS::IAM::ManagedPolicy'>,
  read: (text: string) => Reading<DocumentFindings>,
  right: string,
): Verdict {
  const version = defaultVersion(policy);
  if ('unknown' in version) return weigh([], [version.unknown]);
  const { path } = version;
  const reading = read(version.text);
  if ('unknown' in reading) return weigh([], [{ text: `${path} ${reading.unknown}`, path }]);
  const { wrong, open } = reading.meaning;
  const said = (text: string) => because(path, undefined, text);
  return weigh(wrong === undefined ? [] : [said(wrong)], open === undefined ? [] : [said(open)], said(right));
}
