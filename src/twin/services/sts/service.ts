import { parseArn } from '../../../base/arn.js';
import { GLOBAL } from '../../../estate/estate.js';
import { AwsError } from '../../aws-error.js';
import { handlers, implement } from '../../implement.js';

/** Seconds a session lasts unless told, and at least. Source: STS API reference, AssumeRole. */
const DURATION_SECONDS = 3600;
const DURATION_SECONDS_MIN = 900;

const identity = handlers('sts', {
  GetCallerIdentity: (_input, { caller }) => ({ Account: caller.accountId, Arn: caller.arn, UserId: caller.userId }),
  GetSessionToken(input, context) {
    const seconds = input.DurationSeconds ?? 43_200;
    const session = newSession(
      context.id('ASIA', 16).toUpperCase(),
      context.id('', 40),
      context.id('', 200),
      context.now,
      seconds,
    );
    context.credentials.add({ ...session.credential, caller: context.caller });
    return { Credentials: session.answer };
  },
  AssumeRole(input, context) {
    const role = parseArn(input.RoleArn);
    const name = role?.resource.split('/').at(-1);
    if (role?.service !== 'iam' || !role.resource.startsWith('role/') || name === undefined) {
      throw new AwsError('ValidationError', `${input.RoleArn} is invalid`, { status: 400 });
    }
    context.authorize(input.RoleArn, {
      resourceAccountId: role.accountId,
      context: { 'sts:ExternalId': input.ExternalId, 'sts:RoleSessionName': input.RoleSessionName },
    });
    const found = context.estate.get('AWS::IAM::Role', input.RoleArn, role.accountId);
    if (found === undefined) {
      const message = `User: ${context.caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`;
      throw new AwsError('AccessDenied', message, { status: 403 });
    }
    const seconds = input.DurationSeconds ?? DURATION_SECONDS;
    if (seconds < DURATION_SECONDS_MIN) {
      const message = `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${DURATION_SECONDS_MIN}`;
      throw new AwsError('ValidationError', message, { status: 400 });
    }
    const session = newSession(
      context.id('ASIA', 16).toUpperCase(),
      context.id('', 40),
      context.id('', 200),
      context.now,
      seconds,
    );
    const Arn = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${name}/${input.RoleSessionName}`;
    const AssumedRoleId = `${found.configuration.RoleId}:${input.RoleSessionName}`;
    context.credentials.add({
      ...session.credential,
      caller: {
        arn: Arn,
        accountId: role.accountId,
        userId: AssumedRoleId,
        kind: 'role',
        roleArn: input.RoleArn,
        ...(input.Policy === undefined ? {} : { sessionPolicy: input.Policy }),
      },
    });
    return { Credentials: session.answer, AssumedRoleUser: { Arn, AssumedRoleId } };
  },
  GetAccessKeyInfo(input, context) {
    context.authorize();
    const own = context.estate.list('AWS::IAM::User', { region: GLOBAL });
    for (const { accountId, configuration } of own) {
      if (configuration.AccessKeys?.some((key) => key.AccessKeyId === input.AccessKeyId)) return { Account: accountId };
    }
    throw new AwsError('ValidationError', `Invalid access key id: ${input.AccessKeyId}`, { status: 400 });
  },
});

function newSession(accessKeyId: string, secretAccessKey: string, sessionToken: string, now: Date, seconds: number) {
  const expiration = new Date(now.getTime() + seconds * 1000);
  return {
    credential: { accessKeyId, secretAccessKey, sessionToken, expiration },
    answer: {
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      SessionToken: sessionToken,
      Expiration: expiration,
    },
  };
}

/** STS on the twin. */
export const service = implement('sts', identity);
