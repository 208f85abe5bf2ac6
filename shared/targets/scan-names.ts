import { NO_SCAN_NAMES } from './patterns.ts';

/** Words in the names of Jobs that are called by the scanner that they run. */
export const SCANNER_NAMES: readonly string[] = [
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
export const WRAPPED_SCANNERS: readonly string[] = [
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

/** The same in the names of objects, which have some of them by the last word alone. */
export const WRAPPED_SCANNER_NAMES: readonly string[] = [
  ...WRAPPED_SCANNERS.filter((word) => !word.includes(' ')),
  'bench',
  'hunter',
];

/** Words in the names of what stands beside a scanner: its server, its data, and whatever carries its reports on. */
export const NO_SCANNER_WORDS: readonly string[] = [
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
