import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { messageOf } from '../shared/index.ts';
import { answerBug, answerCall, type CallPorts } from './admission/call.ts';
import { decisionTime } from './admission/deadline.ts';
import { MAX_BODY_BYTES, type Gate } from './admission/gate.ts';
import { errored, retryLater, type HttpAnswer } from './admission/respond.ts';
import type { Metrics } from './metrics.ts';
import { VALIDATE_PATH } from './paths.ts';

/** What the doors need. */
export interface AppPorts extends CallPorts {
  readonly gate: Gate;
  readonly metrics: Metrics;
  /** Reasons why calls should go elsewhere. */
  readonly unreadiness: () => readonly string[];
  /** Whether connections are to end with their next answer. */
  readonly draining: () => boolean;
}

/** The door of the API server: reviews, and the two probes for kubelets that ask over HTTPS. */
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

/** The door of kubelets and Prometheus, plain HTTP: probes and metrics. */
export function healthApp(ports: AppPorts): Express {
  const app = bareApp(ports);
  addProbes(app, ports);
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', ports.metrics.contentType).send(await ports.metrics.render());
  });
  return withEnd(app, ports);
}

function bareApp({ draining }: AppPorts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((_request, response, next) => {
    if (draining()) response.set('Connection', 'close');
    next();
  });
  return app;
}

function addProbes(app: Express, { unreadiness }: AppPorts): void {
  app.get('/livez', (_request, response) => {
    response.type('text').send('ok\n');
  });
  app.get('/readyz', (_request, response) => {
    const reasons = unreadiness();
    response
      .status(reasons.length === 0 ? 200 : 503)
      .type('text')
      .send(reasons.length === 0 ? 'ok\n' : `${reasons.join('\n')}\n`);
  });
}

function withEnd(app: Express, ports: AppPorts): Express {
  app.use((_request, response) => {
    send(response, errored(404, 'there is nothing at this path'));
  });
  app.use(errorAnswers(ports));
  return app;
}

/** Bodies as bytes. The API server sends plain JSON; an unpacked body could be any size. */
const readBody: RequestHandler = express.raw({ type: 'application/json', inflate: false, limit: MAX_BODY_BYTES });

function receive(request: Request, response: Response, ports: AppPorts): void {
  const arrived = performance.now();
  const announced = announcedBytes(request);
  if (announced > MAX_BODY_BYTES) {
    ports.metrics.undecided('refused');
    send(response, { ...errored(413, TOO_LARGE), headers: { Connection: 'close' } });
    return;
  }
  const leave = ports.gate.enter(announced);
  if (leave === undefined) {
    ports.metrics.undecided('shed');
    // Its body is taken and thrown away first: closed in mid-upload, the connection is reset and the answer may be lost.
    request.resume().once('end', () => {
      send(response, retryLater('too many reviews are under way'));
    });
    return;
  }
  response.once('close', leave);
  const timeMs = decisionTime(request.url);
  readBody(request, response, (failed?: unknown) => {
    void answered(request, failed, Math.max(0, timeMs - (performance.now() - arrived)), ports).then((answer) => {
      send(response, answer);
    });
  });
}

const TOO_LARGE = `the body is larger than ${MAX_BODY_BYTES / 1024 / 1024} MiB`;

/** A body without a length counts as the largest. */
function announcedBytes(request: Request): number {
  const { 'content-length': length } = request.headers;
  return length === undefined ? MAX_BODY_BYTES : Number(length);
}

async function answered(request: Request, failed: unknown, timeMs: number, ports: AppPorts): Promise<HttpAnswer> {
  if (failed != null) return answerError(failed, ports);
  const body: unknown = request.body;
  if (request.is('application/json') === false) {
    ports.metrics.undecided('refused');
    return errored(415, 'the content type has to be application/json');
  }
  return answerCall(body instanceof Uint8Array ? body : new Uint8Array(), timeMs, ports);
}

/** Errors of reading a request carry an HTTP status of their own; anything else is a bug. */
function answerError(error: unknown, ports: AppPorts): HttpAnswer {
  const status = statusOfError(error);
  if (status >= 500) return answerBug(error, undefined, ports);
  ports.metrics.undecided('refused');
  const answer = errored(status, status === 413 ? TOO_LARGE : messageOf(error));
  return { ...answer, headers: { Connection: 'close' } };
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
