import type { Matcher } from './matcher.ts';
import { NO_SCAN_NAMES, RUNS, SCAN_NAMES, scanLeaf } from './patterns.ts';
import { PIPELINES } from './pipelines.ts';
import type { Tool } from './tool.ts';

/** Scanners of clusters, nodes and what runs there, with the subcommand that scans where they have others. */
const PROGRAMS: readonly string[] = [
  'Assessor-CLI.sh',
  'audit-scanner',
  'chkrootkit',
  'clamdscan',
  'clamscan',
  'cluster-scan',
  'cnspec scan',
  'cnspec vuln',
  'docker-bench-security.sh',
  'hardeneks',
  'host-scanner',
  'kdigger',
  'kubeaudit all',
  'kubeaudit autofix',
  'kubei',
  'kubestriker',
  'kubiscan',
  'KubiScan.py',
  'lw-scanner',
  'lynis audit',
  'marvin scan',
  'openclarity-cli scan',
  'oscap *',
  'oscap-chroot',
  'oscap-podman',
  'polaris audit',
  'prowler kubernetes',
  'rkhunter',
  'sonobuoy run',
  'vmclarity-cli scan',
  'vuls scan',
];

/** Their images, which run their own entry point. */
const IMAGES: readonly string[] = [
  'checkov-k8s',
  'docker-bench-security',
  'kubeaudit',
  'kubiscan',
  'lynis',
  'rkhunter',
];

/** The same, whose entry point has other subcommands as well. */
const IMAGES_TOLD: readonly string[] = [
  'cnspec scan',
  'marvin scan',
  'openclarity-cli scan',
  'polaris audit',
  'prowler kubernetes',
  'vmclarity-cli scan',
];

/** Scanners of anything, also of accounts, sources and images elsewhere: the name has to say it as well. */
const NAMED_PROGRAMS: readonly string[] = [
  'aide',
  'amass',
  'checkov',
  'cinc-auditor exec',
  'clairctl report',
  'cloudsploit',
  'cnquery scan',
  'debsecan',
  'dockle',
  'gitleaks',
  'gvm-cli',
  'inspec exec',
  'kics scan',
  'krane report',
  'kube-linter lint',
  'kube-score score',
  'kubesec scan',
  'masscan',
  'nikto',
  'nmap',
  'nuclei',
  'osv-scanner',
  'pluto *',
  'powerpipe benchmark run',
  'prowler',
  'rbac-police',
  'scout',
  'snyk *',
  'ssh-audit',
  'sslyze',
  'steampipe check',
  'sysdig-cli-scanner',
  'terrascan scan',
  'testssl.sh',
  'trufflehog',
  'twistcli * scan',
  'wapiti',
  'wizcli',
  'yara',
  'zap-api-scan.py',
  'zap-baseline.py',
  'zap-full-scan.py',
];

const NAMED_IMAGES: readonly string[] = [
  'checkov',
  'cloudsploit',
  'dockle',
  'gitleaks',
  'nikto',
  'nmap',
  'nuclei',
  'osv-scanner',
  'prowler',
  'testssl.sh',
  'trufflehog',
];

/** With these they fetch what they know, or say what they are. */
const NO_SCAN: readonly string[] = [
  '--help',
  '--propupd',
  '--reload',
  '--update',
  '--version',
  '-h',
  '-update-templates',
  '-ut',
  '-version',
  'dashboard',
  'help',
  'info',
  'update',
  'version',
  'webhook',
];

/** What is scanned for the sake of security; others scan documents, prices and tables. */
const SECURITY: readonly string[] = [
  'antivirus',
  'audit',
  'benchmark',
  'cis',
  'clamav',
  'compliance',
  'container',
  'containers',
  'cve',
  'cves',
  'hardening',
  'k8s',
  'kube',
  'kubernetes',
  'malware',
  'posture',
  'rbac',
  'rootkit',
  'sbom',
  'security',
  'stig',
  'virus',
  'vuln',
  'vulnerabilities',
  'vulnerability',
  'vulns',
];

const RUN: Matcher = { kinds: RUNS, notOwners: PIPELINES };
const NAMED: Matcher = {
  ...RUN,
  nameWords: [...SCAN_NAMES, 'checkov', 'clamav', 'nuclei', 'prowler', 'pentest', 'zap'],
  unlessWords: NO_SCAN_NAMES,
};

/**
 * Scanners without a file of their own. Those that look at the cluster or its nodes are known by their program alone; those
 * that may look at anything by the object's name as well; and what calls itself a scanner by both names, where one of them
 * says that it is about security.
 */
export const otherScanners: Tool = {
  id: 'other-scanners',
  title: 'Other scanners',
  source: 'https://landscape.cncf.io/guide#provisioning--security-compliance',
  patterns: [
    { ...RUN, commands: PROGRAMS, without: NO_SCAN },
    { ...RUN, entrypoints: IMAGES },
    { ...RUN, entrypoints: IMAGES_TOLD, without: NO_SCAN },
    { ...NAMED, commands: NAMED_PROGRAMS, without: NO_SCAN },
    { ...NAMED, entrypoints: NAMED_IMAGES, without: NO_SCAN },
    {
      ...NAMED,
      nameWords: ['*scan', '*scanner', '*scanners', '*scans', 'audit', 'scanning'],
      runWords: ['*scan', '*scanner', '*scanners', '*scans', 'scanning'],
      unlessRunWords: NO_SCAN_NAMES,
      aboutWords: SECURITY,
    },
  ].map((match) => scanLeaf({ what: 'scan', match, afterDenial: 'failed' })),
};
