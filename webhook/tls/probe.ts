import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';

/** For the whole handshake with ourselves, in ms. */
const PROBE_MS = 2000;

/** The certificate that a server on this machine really presents; undefined where it does not answer. */
export function servedCertificate(host: string, port: number): Promise<X509Certificate | undefined> {
  return new Promise((resolve) => {
    // Whose certificate it is is the question: that nobody here trusts it is no answer.
    const socket = connect({ host: host === '' ? '127.0.0.1' : host, port, rejectUnauthorized: false });
    const end = (certificate: X509Certificate | undefined): void => {
      socket.destroy();
      resolve(certificate);
    };
    socket.setTimeout(PROBE_MS, () => {
      end(undefined);
    });
    socket.once('error', () => {
      end(undefined);
    });
    socket.once('secureConnect', () => {
      end(socket.getPeerX509Certificate());
    });
  });
}
