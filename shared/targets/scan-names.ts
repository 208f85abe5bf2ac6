import { NO_SCAN_NAMES } from './patterns.ts';

/** What Jobs are called by what they run. */
export const OWN_NAMES: readonly string[] = [
  'checkov',
  'clamav',
  'cloudsploit',
  'dast',
  'dockle',
  'gitleaks',
  'kubesec',
  'nikto',
  'nmap',
  'nuclei',
  'osv',
  'owasp',
  'pentest',
  'prowler',
  'sast',
  'semgrep',
  'sonar',
  'steampipe',
  'testssl',
  'trufflehog',
  'wpscan',
  'zap',
];

/** Scanners that people wrap in images and scripts of their own, as these are called: `our-kube-bench`, `trivy-bot`. */
export const WRAPPED: readonly string[] = [
  'clamscan',
  'docker bench',
  'grype',
  'kube bench',
  'kube hunter',
  'kubeaudit',
  'kubebench',
  'kubehunter',
  'kubescape',
  'lynis',
  'openscap',
  'oscap',
  'popeye',
  'prowler',
  'trivy',
];

/** The same in the names of objects, some by their last word alone. */
export const WRAPPED_NAMES: readonly string[] = [...WRAPPED.filter((word) => !word.includes(' ')), 'bench', 'hunter'];

/** What is beside a scanner: its server, its data, and what becomes of its reports. */
export const BESIDE_SCANS: readonly string[] = [
  ...NO_SCAN_NAMES,
  'adapter',
  'api',
  'clean',
  'cleanup',
  'dashboard',
  'exporter',
  'forwarder',
  'init',
  'metrics',
  'migrate',
  'notifier',
  'parser',
  'report',
  'reporter',
  'reports',
  'server',
  'slack',
  'sync',
  'ui',
  'upload',
  'uploader',
  'web',
  'webhook',
];
