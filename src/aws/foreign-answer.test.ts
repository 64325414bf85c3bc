import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ServiceName } from '../reference/services.js';
import { roleCredentials } from './credentials.js';
import { connect } from './send.js';

const page = `<!DOCTYPE html>\r\n<html>\u001b[31m<title>502 Bad Gateway</title>${'x'.repeat(5000)}</html>`;
let server: Server | undefined;

async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  server = createServer((request, response) => request.resume().on('end', () => answer(response)));
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function ask(endpoint: string, service: ServiceName, operation: string, input = {}) {
  const { send, close } = connect({
    credentialsFor: () => ({ accessKeyId: 'A', secretAccessKey: 's' }),
    homeRegion: 'us-east-1',
    endpoint,
    polite: false,
    pace: { nowMs: () => 0, sleep: () => Promise.resolve() },
  });
  return send({ service, operation, accountId: '111122223333', region: 'us-east-1', input }).finally(close);
}

afterEach(() => void server?.close());

const protocols = [
  { protocol: 'query', service: 'sts', operation: 'GetCallerIdentity' },
  { protocol: 'ec2', service: 'ec2', operation: 'DescribeSecurityGroups' },
  { protocol: 'JSON', service: 'kms', operation: 'ListKeys' },
  { protocol: 'REST XML', service: 's3', operation: 'ListBuckets' },
  { protocol: 'REST JSON', service: 'lambda', operation: 'ListFunctions' },
  { protocol: 'CloudWatch’s', service: 'cloudwatch', operation: 'DescribeAlarms' },
] as const;

const answers = [
  { answer: 'a gateway’s error page', status: 502, type: 'text/html', body: page, form: 'HTML' },
  { answer: 'a sign-in page with status 200', status: 200, type: 'text/html; charset=utf-8', body: page, form: 'HTML' },
  { answer: 'a proxy’s line', status: 503, type: 'text/plain', body: 'upstream\u001b[2J\nfailed', form: 'plain text' },
  { answer: 'a page that says not what it is', status: 403, body: page, form: 'no content type' },
  { answer: 'nothing', status: 500, body: '', form: 'no content type' },
  { answer: 'no document', status: 200, type: 'text/xml', body: '{', form: 'a body that cannot be read', only: 'sts' },
];

describe.each(protocols)('the $protocol protocol', ({ service, operation }) => {
  it.each(answers.filter(({ only = service }) => only === service))(
    '$answer is one clean line, and never an answer with nothing in it',
    async ({ status, type, body, form }) => {
      const endpoint = await answering((response) =>
        response.writeHead(status, type === undefined ? {} : { 'content-type': type }).end(body),
      );
      await expect(ask(endpoint, service, operation)).rejects.toMatchObject({
        code: 'NotAnAwsAnswer',
        status,
        message: `\`127.0.0.1\` did not answer as AWS: ${form}, with status ${status}; look for a proxy or sign-in page in between, or a server that lacks the operation`,
      });
    },
  );
});

it('what bears a request id of AWS is AWS’s, whatever it says it is', async () => {
  const body =
    '<ErrorResponse><Error><Code>Throttling</Code><Message>slow\ndown\u0007</Message></Error></ErrorResponse>';
  const endpoint = await answering((response) =>
    response.writeHead(400, { 'content-type': 'text/html', 'x-amzn-requestid': 'r1' }).end(body),
  );
  await expect(ask(endpoint, 'sts', 'GetCallerIdentity')).rejects.toMatchObject({
    code: 'Throttling',
    message: 'slow down',
  });
});

it('a session is not made of a sign-in page', async () => {
  const endpoint = await answering((response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page));
  const own = () => Promise.resolve({ accessKeyId: 'A', secretAccessKey: 's' });
  const entry = {
    roleArn: 'arn:aws:iam::111122223333:role/r',
    accountId: '111122223333',
    region: 'us-east-1',
    endpoint,
  };
  await expect(roleCredentials(own, entry, Date.now)()).rejects.toMatchObject({ code: 'NotAnAwsAnswer' });
});
