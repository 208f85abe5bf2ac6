import { X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { issueCertificates } from '../../control-plane/certificates.ts';

it('issues a serving certificate for this machine, signed by an authority made for it alone', async () => {
  const pem = await issueCertificates();
  const [ca, serving] = [new X509Certificate(pem.ca), new X509Certificate(pem.servingCertificate)];
  expect(ca.ca).toBe(true);
  expect(serving.ca).toBe(false);
  expect(serving.verify(ca.publicKey)).toBe(true);
  expect(serving.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(serving.checkHost('localhost')).toBe('localhost');
  expect(serving.checkHost('example.com')).toBeUndefined();
});

it('numbers each certificate as strict readers want it: 128 bits, positive, without a leading zero', async () => {
  const pem = await issueCertificates();
  for (const text of [pem.ca, pem.servingCertificate])
    expect(new X509Certificate(text).serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
});
