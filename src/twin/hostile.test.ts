import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { cbor } from '@smithy/core/cbor';
import { SeededRandom } from '../base/ports.js';
import { services, type ServiceName } from '../reference/services.js';
import { echoTwin } from './echo.fixture.js';
import type { WireRequest, WireResponse } from './protocols/wire.js';

/** A request as a client that means harm would send it: signed, so that its body is looked at. */
function request(service: ServiceName, more: Partial<WireRequest> & { text?: string }): WireRequest {
  const { text, headers, ...rest } = more;
  const scope = `ROOT111122223333/20260301/eu-west-1/${services[service].signingName}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=`;
  return {
    method: 'POST',
    path: '/',
    query: {},
    host: 'twin',
    body: Buffer.from(text ?? ''),
    ...rest,
    headers: { authorization, ...headers },
  };
}

// The CBOR reader warns of every number it has to shorten.
beforeEach(() => void vi.spyOn(console, 'warn').mockImplementation(() => undefined));
afterEach(() => void vi.restoreAllMocks());

/** How long any of these may take; they take a few milliseconds. */
const HANG_MS = 5_000;

async function answerTo(
  service: ServiceName,
  sent: WireRequest,
): Promise<WireResponse & { text: string; input: unknown }> {
  const echo = echoTwin(service);
  echo.twin.rootCredential('111122223333');
  const start = performance.now();
  const response = await echo.twin.handle(sent);
  expect(performance.now() - start).toBeLessThan(HANG_MS);
  const type = response.headers['x-amzn-errortype'] ?? '';
  return { ...response, text: `${type} ${Buffer.from(response.body as string).toString('utf8')}`, input: echo.seen };
}

const json = (text: string, target = 'TrentService.DescribeKey') =>
  request('kms', { text, headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' } });
const form = (text: string, service: ServiceName = 'iam') =>
  request(service, { text, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
const xml = (text: string) => request('s3', { method: 'PUT', path: '/my-bucket', query: { tagging: '' }, text });
const rest = (text: string) => request('securityhub', { path: '/findings', text });
const binary = (body: Uint8Array) =>
  request('cloudwatch', {
    path: '/service/GraniteServiceVersion20100801/operation/DescribeAlarms',
    body,
    headers: { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' },
  });

const tags = (inner: string) => `<Tagging><TagSet><Tag><Key>k</Key><Value>${inner}</Value></Tag></TagSet></Tagging>`;
const BILLION_LAUGHS = `<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>${tags('&b;')}`;
const EXTERNAL = `<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/hostname">]>${tags('&a;')}`;

describe('malformed input gets the error of its protocol', () => {
  test.each<[string, ServiceName, WireRequest, string]>([
    ['JSON cut short', 'kms', json('{"KeyId":'), 'SerializationException'],
    ['JSON of another kind', 'kms', json('"x"'), 'SerializationException'],
    ['a list for a structure', 'kms', json('[]'), 'SerializationException'],
    ['a number for text', 'kms', json('{"KeyId":1}'), 'NUMBER_VALUE can not be converted to a String'],
    ['a structure for text', 'kms', json('{"KeyId":{}}'), 'Start of structure or map found where not expected.'],
    ['text for a number', 'kms', json('{"NumberOfBytes":"9"}', 'TrentService.GenerateRandom'), 'STRING_VALUE'],
    [
      'bytes that are not base64',
      'kms',
      json('{"CiphertextBlob":"@@"}', 'TrentService.Decrypt'),
      'SerializationException',
    ],
    [
      'a time that is none',
      'logs',
      request('logs', { text: '{"queryId":{}}', headers: { 'x-amz-target': 'Logs_20140328.GetQueryResults' } }),
      'SerializationException',
    ],
    ['nothing where a key is required', 'kms', json('null'), "Value null at 'keyId'"],
    ['JSON nested a million deep', 'kms', json('['.repeat(1_000_000)), 'SerializationException'],
    ['REST-JSON cut short', 'securityhub', rest('{"a":'), 'SerializationException'],
    ['XML cut short', 's3', xml('<Tagging><TagSet>'), 'MalformedXML'],
    ['XML tags that do not match', 's3', xml('<Tagging></TagSet>'), 'MalformedXML'],
    ['two XML documents', 's3', xml('<Tagging/><Tagging/>'), 'MalformedXML'],
    ['XML entities that expand', 's3', xml(BILLION_LAUGHS), 'MalformedXML'],
    ['XML entities that read a file', 's3', xml(EXTERNAL), 'MalformedXML'],
    ['an entity that nobody declared', 's3', xml(tags('&constructor;')), 'MalformedXML'],
    ['half a surrogate', 's3', xml(tags('&#xD800;')), 'MalformedXML'],
    ['a bare ampersand', 's3', xml(tags('a & b')), 'MalformedXML'],
    ['XML nested a hundred thousand deep', 's3', xml('<a>'.repeat(100_000)), 'MalformedXML'],
    ['XML of a million elements', 's3', xml(`<Tagging>${'<a/>'.repeat(1_000_000)}</Tagging>`), 'MalformedXML'],
    ['a tag of spaces', 's3', xml(`<Tagging${' '.repeat(1_000_000)}`), 'MalformedXML'],
    ['attributes without end', 's3', xml(`<Tagging${' a="b"'.repeat(200_000)}`), 'MalformedXML'],
    ['a comment without end', 's3', xml(`<!--${'-'.repeat(1_000_000)}`), 'MalformedXML'],
    [
      'a form with too many parameters',
      'iam',
      form(`Action=GetUser${Array.from({ length: 20_001 }, (_, at) => `&a${at}=`).join('')}`),
      'MalformedQueryString',
    ],
    ['a form parameter nested too deep', 'iam', form(`Action=GetUser&${'a.'.repeat(100)}=1`), 'MalformedQueryString'],
    ['a form with a broken escape', 'iam', form('Action=GetUser&UserName=%zz'), 'MalformedQueryString'],
    ['a form number that is none', 'iam', form('Action=ListUsers&MaxItems=0x10'), 'MalformedInput'],
    ['a form without an action', 'iam', form('Version=2010-05-08'), 'InvalidAction'],
    ['an action that does not exist', 'ec2', form('Action=DescribeEverything', 'ec2'), 'InvalidAction'],
    ['an action named like a member of every object', 'iam', form('Action=constructor'), 'InvalidAction'],
    ['a target that does not exist', 'kms', json('{}', 'TrentService.__proto__'), 'UnknownOperationException'],
    [
      'a path that does not exist',
      'securityhub',
      request('securityhub', { path: '/nothing' }),
      'UnknownOperationException',
    ],
    ['a path with a broken escape', 's3', request('s3', { method: 'GET', path: '/my-bucket/%zz' }), 'InvalidURI'],
    [
      'chunks cut short',
      's3',
      request('s3', {
        method: 'PUT',
        path: '/my-bucket/key',
        text: 'ff\r\nabc',
        headers: { 'content-encoding': 'aws-chunked' },
      }),
      'IncompleteBody',
    ],
    [
      'a chunk of absurd length',
      's3',
      request('s3', {
        method: 'PUT',
        path: '/my-bucket/key',
        text: `${'f'.repeat(40)}\r\n`,
        headers: { 'content-encoding': 'aws-chunked' },
      }),
      'IncompleteBody',
    ],
    [
      'gzip that is none',
      'kms',
      request('kms', { text: 'x', headers: { 'x-amz-target': 'TrentService.ListKeys', 'content-encoding': 'gzip' } }),
      'InvalidRequest',
    ],
  ])('%s', async (_, service, sent, expected) => {
    const { status, text } = await answerTo(service, sent);
    expect(text).toContain(expected);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  test.each<[string, Uint8Array]>([
    ['cut short', Buffer.from('bf6161', 'hex')],
    ['a list that claims four thousand million items', Buffer.from('9affffffff', 'hex')],
    ['text that claims to be endless', Buffer.from('7bffffffffffffffff', 'hex')],
    ['nested a hundred thousand deep', Buffer.alloc(100_000, 0x81)],
    ['a number for a structure', cbor.serialize(7) as Uint8Array],
    ['a number for text', cbor.serialize({ NextToken: 7 }) as Uint8Array],
  ])('CBOR: %s', async (_, body) => {
    const { status, text } = await answerTo('cloudwatch', binary(body));
    expect(text).toContain('SerializationException');
    expect(status).toBe(400);
  });
});

describe('hostile names stay plain data', () => {
  it('a key named `__proto__` in a JSON map', async () => {
    const text = '{"KeyId":"k","EncryptionContext":{"__proto__":"evil","constructor":"c"},"Plaintext":"eA=="}';
    const { input, status } = await answerTo('kms', json(text, 'TrentService.Encrypt'));
    expect(status).toBe(200);
    const context = (input as { EncryptionContext: object }).EncryptionContext;
    expect(Object.entries(context)).toEqual([
      ['__proto__', 'evil'],
      ['constructor', 'c'],
    ]);
    expect(Object.getPrototypeOf(context)).toBe(Object.prototype);
  });

  it('a member named `__proto__` in a JSON structure', async () => {
    const { input } = await answerTo('kms', json('{"KeyId":"k","__proto__":{"polluted":true}}'));
    expect(input).toEqual({ KeyId: 'k' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('form parameters named `__proto__`', async () => {
    const text = 'Action=GetUser&UserName=u&__proto__.polluted=1&constructor.prototype.polluted=1';
    const { input } = await answerTo('iam', form(text));
    expect(input).toEqual({ UserName: 'u' });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('a map key of a form', async () => {
    const text =
      'Action=SetTopicAttributes&Action=SetSMSAttributes&attributes.entry.1.key=__proto__&attributes.entry.1.value=v';
    const { input } = await answerTo('sns', form(text, 'sns'));
    expect(Object.entries((input as { attributes: object }).attributes)).toEqual([['__proto__', 'v']]);
  });

  it('an element, a query parameter and a header', async () => {
    const query = JSON.parse('{"tagging":"","__proto__":"p"}') as Record<string, string>;
    const sent = { ...xml('<Tagging><__proto__>x</__proto__><TagSet/></Tagging>'), query };
    const { input } = await answerTo('s3', sent);
    expect(input).toEqual({ Bucket: 'my-bucket', Tagging: { TagSet: [] } });
  });
});

describe('bytes at random', () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? 1 + Math.floor(Math.random() * 1_000_000));
  const good: Record<string, [ServiceName, WireRequest]> = {
    JSON: ['kms', json('{"KeyId":"k","GrantTokens":["a"],"Limit":5}')],
    form: ['ec2', form('Action=DescribeInstances&Filter.1.Name=a&Filter.1.Value.1=b&MaxResults=5', 'ec2')],
    XML: ['s3', xml(tags('a &amp; b'))],
    'REST-JSON': ['securityhub', rest('{"Filters":{"Id":[{"Value":"v","Comparison":"EQUALS"}]},"MaxResults":5}')],
    CBOR: [
      'cloudwatch',
      binary(cbor.serialize({ AlarmNames: ['a', 'b'], MaxRecords: 5, StateValue: 'OK' }) as Uint8Array),
    ],
  };

  it.each(Object.entries(good))(`never crash or hang the twin: %s, seed ${seed}`, async (_, [service, sent]) => {
    const random = new SeededRandom(seed);
    const echo = echoTwin(service);
    echo.twin.rootCredential('111122223333');
    expect((await echo.twin.handle(sent)).status).toBe(200);
    for (let round = 0; round < 2000; round++) {
      const body = Buffer.from(sent.body);
      for (let edit = 0; edit <= random.below(4); edit++) body[random.below(body.length)] = random.below(256);
      const cut = random.chance(0.2) ? body.subarray(0, random.below(body.length)) : body;
      const { status, body: answer } = await echo.twin.handle({ ...sent, body: cut });
      expect(status, Buffer.from(answer as string).toString('latin1')).toBeLessThan(500);
    }
  });
});
