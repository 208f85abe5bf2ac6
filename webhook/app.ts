import { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import { MaintError, messageOf } from '../shared/index.ts';
import { receiveBody, type Body } from './admission/body.ts';
import { answerBug, answerCall, type CallPorts } from './admission/call.ts';
import { decisionTime } from './admission/deadline.ts';
import { MAX_BODY_BYTES, type Gate } from './admission/gate.ts';
import { errored, retryLater, type HttpAnswer } from './admission/respond.ts';
import type { Metrics } from './metrics.ts';
import { VALIDATE_PATH } from './calls.ts';
import { addProbes, bareApp, type ProbePorts } from './probes.ts';

/** What the application needs. */
export interface AppPorts extends CallPorts, Omit<ProbePorts, 'metrics'> {
  readonly gate: Gate;
  readonly metrics: Metrics;
}

/** What the API server calls: reviews, and the two probes for kubelets that ask over HTTPS. */
export function admissionApp(ports: AppPorts): Express {
  const app = bareApp(ports);
  app.post(VALIDATE_PATH, (request, response) => {
    receive(request, response, ports);
  });
  app.all(VALIDATE_PATH, (request, response) => {
    send(response, {
      ...errored(405, `${request.method} is not how reviews are sent: use POST`),
      headers: { Allow: 'POST' },
    });
  });
  addProbes(app, ports);
  return withEnd(app, ports);
}

function withEnd(app: Express, ports: AppPorts): Express {
  app.use((_request, response) => {
    send(response, errored(404, 'there is nothing at this path'));
  });
  app.use(errorAnswers(ports));
  return app;
}

function receive(request: Request, response: Response, ports: AppPorts): void {
  const arrived = performance.now();
  const timeMs = decisionTime(request.url);
  const refusal = refusalOf(request);
  if (refusal !== undefined) {
    ports.metrics.undecided('refused');
    send(response, refusal);
    return;
  }
  void receiveBody(request, timeMs, ports.gate).then(async (body) => {
    if (body.kind !== 'whole') {
      send(response, withoutBody(body.kind, ports));
      return;
    }
    const gone = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) gone.abort(new MaintError('cluster', 'whoever asked has gone'));
    });
    const leftMs = Math.max(0, timeMs - (performance.now() - arrived));
    const answer = await answerCall(body.bytes, { timeMs: leftMs, gone: gone.signal }, ports);
    // Before the answer is sent: whoever does not read it takes nobody's place.
    body.leave();
    if (answer !== undefined) send(response, answer);
  });
}

/** What is refused for its headers. The API server sends plain JSON; an unpacked body could be any size. */
function refusalOf(request: Request): HttpAnswer | undefined {
  const { 'content-length': length, 'content-encoding': encoding = 'identity' } = request.headers;
  if (Number(length ?? 0) > MAX_BODY_BYTES) return TOO_LARGE;
  if (request.is('application/json') === false) return errored(415, 'the content type has to be application/json');
  return encoding === 'identity' ? undefined : ending(errored(415, 'a content encoding is not taken'));
}

const TOO_LARGE = ending(errored(413, `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`));

/** The connection ends with the answer: what is left of the body would be read as the next request. */
function ending(answer: HttpAnswer): HttpAnswer {
  return { ...answer, headers: { Connection: 'close' } };
}

const COUNTED_AS = { 'no-room': 'shed', 'too-large': 'refused', late: 'refused', gone: 'gone' } as const;

function withoutBody(kind: Exclude<Body['kind'], 'whole'>, { metrics }: AppPorts): HttpAnswer {
  metrics.undecided(COUNTED_AS[kind]);
  switch (kind) {
    case 'no-room':
      return retryLater('too many reviews are under way');
    case 'too-large':
      return TOO_LARGE;
    case 'late':
    case 'gone':
      return ending(errored(408, "the body has not come within the call's time"));
  }
}

/** Errors of reading a request carry an HTTP status of their own; anything else is a bug. */
function answerError(error: unknown, ports: AppPorts): HttpAnswer {
  const status = statusOfError(error);
  if (status >= 500) return answerBug(error, undefined, ports);
  ports.metrics.undecided('refused');
  return ending(errored(status, messageOf(error)));
}

function statusOfError(error: unknown): number {
  return error instanceof Error && 'status' in error && typeof error.status === 'number' ? error.status : 500;
}

function errorAnswers(ports: AppPorts): ErrorRequestHandler {
  return (error, _request, response, next) => {
    // Too late for an answer: express then ends the connection.
    if (response.headersSent) next(error);
    else send(response, answerError(error, ports));
  };
}

function send(response: Response, { httpStatus, headers, body }: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  response.status(httpStatus).set(headers).json(body);
}
