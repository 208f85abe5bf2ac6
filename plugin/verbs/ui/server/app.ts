import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import * as z from 'zod/mini';
import { messageOf } from '../../../../shared/index.ts';
import type { Board } from '../board.ts';
import { PAGE_FILES } from '../page-files.ts';
import { refusedAsk } from '../runs/permission.ts';
import {
  Asked,
  type About,
  type Begun,
  type Enforcement,
  type NodeDetails,
  type Opened,
  type Refusal,
} from '../wire.ts';
import { cookieIn, cookieName, HEADERS, refusedOrigin } from './admit.ts';
import type { Secrets } from './secrets.ts';
import { streamTo } from './stream.ts';

/** What the page is served from. */
export interface AppPorts {
  readonly about: About;
  readonly board: Board;
  readonly secrets: Secrets;
  /** A token was used: somebody who wants to open another browser needs the next one. */
  readonly opened: () => void;
  readonly begin: (asked: Asked) => string;
  /** Undefined: there is no connection now. */
  readonly details: (cluster: string, node: string) => Promise<NodeDetails | undefined>;
  readonly enforcement: (cluster: string) => Promise<Enforcement | undefined>;
}

/** Larger than any form that the page sends. */
const MAX_BODY = '64kb';

/** The page's own key, which only a page of this origin can send. */
const KEY_HEADER = 'x-maint-key';

/** The application: static files for everybody who may reach it, everything else for browsers that were opened by a token. */
export function uiApp(ports: AppPorts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use(fromHere);
  for (const [path, { type, body }] of Object.entries(PAGE_FILES))
    app.get(path, (_request, response) => {
      response.set('Content-Type', type).send(body);
    });
  app.use('/ui', express.json({ limit: MAX_BODY }));
  app.post('/ui/session', (request, response) => {
    exchange(request, response, ports);
  });
  app.use('/ui', onlyOpened(ports.secrets));
  addReading(app, ports);
  app.post('/ui/runs', (request, response) => {
    begin(request, response, ports);
  });
  app.use((_request, response) => {
    refuse(response, 404, 'there is nothing at this path');
  });
  app.use(failed);
  return app;
}

const fromHere: RequestHandler = (request, response, next) => {
  response.set(HEADERS);
  const { host, origin } = request.headers;
  const from = { method: request.method, host, origin, fetchSite: request.get('sec-fetch-site') };
  const refused = refusedOrigin(from, request.socket.localPort ?? 0);
  if (refused === undefined) next();
  else refuse(response, 403, refused);
};

function onlyOpened(secrets: Secrets): RequestHandler {
  return (request, response, next) => {
    const cookie = cookieIn(request.headers.cookie, cookieName(request.socket.localPort ?? 0));
    if (secrets.isOpen(cookie, request.get(KEY_HEADER))) next();
    else refuse(response, 401, 'open the address that the terminal shows: this browser has no session here');
  };
}

const Token = z.object({ token: z.string() });

function exchange(request: Request, response: Response, { secrets, opened }: AppPorts): void {
  const asked = Token.safeParse(request.body);
  const opening = asked.success ? secrets.exchange(asked.data.token) : undefined;
  if (opening === undefined) {
    refuse(
      response,
      403,
      'this address has been used, or is not of this server: the terminal shows the one that opens it',
    );
    return;
  }
  response.cookie(cookieName(request.socket.localPort ?? 0), opening.cookie, {
    httpOnly: true,
    sameSite: 'strict',
    path: '/',
  });
  answer(response, { key: opening.key } satisfies z.infer<typeof Opened>);
  opened();
}

function addReading(app: Express, { about, board, details, enforcement }: AppPorts): void {
  app.get('/ui/about', (_request, response) => {
    answer(response, about);
  });
  app.get('/ui/stream', (_request, response) => {
    streamTo(response, board);
  });
  app.get('/ui/clusters/:cluster/nodes/:node', async ({ params: { cluster, node } }, response) => {
    orUnconnected(response, await details(cluster, node));
  });
  app.get('/ui/clusters/:cluster/enforcement', async ({ params: { cluster } }, response) => {
    orUnconnected(response, await enforcement(cluster));
  });
}

function orUnconnected(response: Response, found: object | undefined): void {
  if (found === undefined) refuse(response, 503, 'there is no connection to this cluster now');
  else answer(response, found);
}

function begin(request: Request, response: Response, ports: AppPorts): void {
  const asked = Asked.safeParse(request.body);
  if (!asked.success) {
    refuse(response, 400, z.prettifyError(asked.error));
    return;
  }
  const refused = refusedAsk(asked.data, ports.about);
  if (refused !== undefined) refuse(response, 403, refused);
  else answer(response, { id: ports.begin(asked.data) } satisfies z.infer<typeof Begun>);
}

function answer(response: Response, body: object): void {
  response.json(body);
}

function refuse(response: Response, status: number, error: string): void {
  response.status(status).json({ error } satisfies z.infer<typeof Refusal>);
}

/** A body that is no JSON, or too long, and whatever else goes wrong: never more of it than its message. */
const failed: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(thrown);
    return;
  }
  const status = Status.safeParse(thrown);
  refuse(response, status.success ? status.data.status : 500, messageOf(thrown));
};

const Status = z.object({ status: z.number().check(z.gte(400), z.lte(499)) });
