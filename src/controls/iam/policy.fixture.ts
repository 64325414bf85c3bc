import { resource, type Loose, type Scene } from '../testing.fixture.js';

/** A policy document of statements; what a statement leaves out is `Allow` on `*`. */
export function documentOf(...statements: readonly object[]): string {
  const Statement = statements.map((statement) => ({
    Effect: 'Allow',
    ...('NotResource' in statement ? {} : { Resource: '*' }),
    ...statement,
  }));
  return JSON.stringify({ Version: '2012-10-17', Statement });
}

export const deny = (statement: object): object => ({ ...statement, Effect: 'Deny' });
export const WITH_MFA = { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } };

/** A scene with one customer managed policy, whose default version is a document as IAM's API gives it. */
export function managed(document: string, more: Loose = {}): Scene {
  return scene({
    PolicyName: 'own',
    AttachmentCount: 1,
    PermissionsBoundaryUsageCount: 0,
    DefaultVersionId: 'v2',
    PolicyVersionList: [
      { VersionId: 'v2', IsDefaultVersion: true, Document: encodeURIComponent(document) },
      { VersionId: 'v1', IsDefaultVersion: false, Document: encodeURIComponent(documentOf({ Action: '*' })) },
    ],
    ...more,
  });
}

function scene(configuration: Loose): Scene {
  return {
    resources: [
      resource('AWS::IAM::ManagedPolicy', 'arn:aws:iam::111122223333:policy/own', configuration, { region: 'global' }),
    ],
  };
}

/** What no control of managed policies can judge. */
export const unreadable = [
  { name: 'versions not read', given: managed('', { PolicyVersionList: undefined }), path: 'PolicyVersionList' },
  { name: 'no default version', given: managed('', { PolicyVersionList: [] }), path: 'PolicyVersionList' },
  {
    name: 'the document not read',
    given: managed('', { PolicyVersionList: [{ VersionId: 'v2', IsDefaultVersion: true }] }),
    path: 'PolicyVersionList[0].Document',
  },
  { name: 'a document that is no policy', given: managed('{"Statement":'), path: 'PolicyVersionList[0].Document' },
  {
    name: 'a document that is half encoded',
    given: managed('', { PolicyVersionList: [{ VersionId: 'v2', IsDefaultVersion: true, Document: '%7B%' }] }),
    path: 'PolicyVersionList[0].Document',
  },
  { name: 'versions that are a text', given: managed('', { PolicyVersionList: 'v1' }), path: 'PolicyVersionList' },
].map((each) => ({ ...each, expect: 'NOT_AVAILABLE' as const }));
