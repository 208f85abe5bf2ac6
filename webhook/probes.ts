import express, { type Express } from 'express';

/** Metrics in the text format of Prometheus. */
export interface Rendered {
  readonly contentType: string;
  readonly render: () => Promise<string>;
}

/** What kubelets and Prometheus ask about. */
export interface ProbePorts {
  readonly metrics: Rendered;
  /** Reasons why calls should go elsewhere. */
  readonly unreadiness: () => readonly string[];
  /** Whether connections are to end with their next answer. */
  readonly draining: () => boolean;
}

/** What kubelets call, plain HTTP. */
export function healthApp(ports: ProbePorts): Express {
  const app = bareApp(ports);
  addProbes(app, ports);
  return withEnd(app);
}

/** What Prometheus calls, plain HTTP; on a port of its own, so that a network policy can tell it from kubelets. */
export function metricsApp({ metrics, draining }: ProbePorts): Express {
  const app = bareApp({ draining });
  app.get('/metrics', async (_request, response) => {
    response.set('Content-Type', metrics.contentType).send(await metrics.render());
  });
  return withEnd(app);
}

function withEnd(app: Express): Express {
  return app.use((_request, response) => {
    response.status(404).type('text').send('there is nothing at this path\n');
  });
}

/** An application that says nothing of itself, and ends connections while it drains. */
export function bareApp({ draining }: Pick<ProbePorts, 'draining'>): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', false);
  app.use((_request, response, next) => {
    if (draining()) response.set('Connection', 'close');
    next();
  });
  return app;
}

/** `/livez` and `/readyz`. */
export function addProbes(app: Express, { unreadiness }: Pick<ProbePorts, 'unreadiness'>): void {
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
