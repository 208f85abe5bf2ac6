/** The least that a validating webhook in Node.js can do: it reads a review and allows it. Beside it, what is ours is seen. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { at, numberAt, textAt } from '../../shared/index.ts';

const [, , certificate = '', key = ''] = process.argv;
const server = createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, (request, response) => {
  void text(request).then((body) => {
    const review: unknown = JSON.parse(body);
    response.setHeader('Content-Type', 'application/json');
    response.end(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: textAt(at(review, 'request'), 'uid'), allowed: true },
      }),
    );
  });
});
// As long as an API server keeps a connection that is idle.
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${numberAt(server.address(), 'port') ?? ''}\n`);
});
