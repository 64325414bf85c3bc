/** An HTTP response as the SDK hands it over. */
interface Response {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

interface Sent {
  readonly request: unknown;
}

type Handler = (sent: Sent) => Promise<{ readonly response: unknown; readonly output: unknown }>;

/** The little that is used of an SDK client: where steps are added to its calls. */
interface Stacked {
  readonly middlewareStack: {
    add(middleware: (next: Handler) => Handler, options: { step: 'deserialize'; priority: 'high'; name: string }): void;
  };
}

/** What the SDK says when a body is not what the protocol has. */
const UNREADABLE = /Deserialization error|parse error/;

/** AWS gives every answer an id, under one of these names. Source: "Common response headers" of S3 and the API references. */
const REQUEST_IDS = ['x-amzn-requestid', 'x-amzn-request-id', 'x-amz-request-id', 'x-amz-requestid'];

/** Something between here and AWS answered, or something that is no AWS at all: a proxy, a gateway, a login page. */
export class ForeignAnswer extends Error {
  /** Where the SDK looks when it decides whether to try again. */
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(host: string, status: number, form: string, cause?: unknown) {
    super(
      `\`${host}\` did not answer as AWS: ${form}, with status ${status}; look for a proxy or sign-in page in between, or a server that lacks the operation`,
      cause === undefined ? undefined : { cause },
    );
    this.name = 'ForeignAnswer';
    this.$metadata = { httpStatusCode: status };
  }
}

/**
 * Makes a client refuse what AWS did not answer. Without it a page of HTML with status 200 is read as an answer with
 * nothing in it: an account with nothing wrong.
 *
 * Its calls throw `ForeignAnswer`.
 */
export function refuseForeignAnswers(client: object): void {
  const refusing = (next: Handler): Handler => {
    return async (sent) => {
      const { hostname = '', method = '' } = sent.request as { hostname?: string; method?: string };
      // An answer to HEAD has no body, and of some servers no headers that tell anything.
      if (method === 'HEAD') return next(sent);
      let result;
      try {
        result = await next(sent);
      } catch (thrown) {
        const { $response, message } = thrown as { $response?: Response; message?: string };
        const form = $response === undefined ? undefined : foreignForm($response, UNREADABLE.test(message ?? ''));
        if ($response === undefined || form === undefined) throw thrown;
        throw new ForeignAnswer(hostname, $response.statusCode, form, thrown);
      }
      const response = result.response as Response;
      const form = foreignForm(response, false);
      if (form !== undefined) throw new ForeignAnswer(hostname, response.statusCode, form);
      return result;
    };
  };
  (client as Stacked).middlewareStack.add(refusing, { step: 'deserialize', priority: 'high', name: 'foreignAnswers' });
}

/** What was answered in place of an AWS answer; `undefined` for what may be one. */
function foreignForm({ statusCode, headers }: Response, unreadable: boolean): string | undefined {
  if (REQUEST_IDS.some((name) => headers[name] !== undefined)) return undefined;
  const type = headers['content-type'] ?? '';
  if (/html/i.test(type)) return 'HTML';
  if (/^text\/plain/i.test(type)) return 'plain text';
  if (type === '' && statusCode >= 400) return 'no content type';
  return unreadable ? 'a body that cannot be read' : undefined;
}
