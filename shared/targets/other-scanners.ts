import type { Matcher } from './matcher.ts';
import { NO_SCAN_NAMES, CRONJOB_JOB_AND_POD, SCAN_NAMES, scanLeaf } from './patterns.ts';
import { PIPELINES } from './pipelines.ts';
import { BESIDE_SCANS, OWN_NAMES, WRAPPED, WRAPPED_NAMES } from './scan-names.ts';
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
  'bandit',
  'checkov',
  'cinc-auditor exec',
  'clairctl report',
  'cloudsploit',
  'cnquery scan',
  'debsecan',
  'dependency-check',
  'dependency-check.sh',
  'docker scout',
  'dockle',
  'gitleaks',
  'gosec',
  'govulncheck',
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
  'semgrep',
  'snyk *',
  'sonar-scanner',
  'sqlmap',
  'ssh-audit',
  'sslscan',
  'sslyze',
  'steampipe check',
  'sysdig-cli-scanner',
  'terrascan scan',
  'testssl.sh',
  'trufflehog',
  'twistcli * scan',
  'wapiti',
  'wizcli',
  'wpscan',
  'yara',
  'zap-api-scan.py',
  'zap-baseline.py',
  'zap-full-scan.py',
  'zap.sh -cmd',
];

const NAMED_IMAGES: readonly string[] = [
  'checkov',
  'cloudsploit',
  'dependency-check',
  'dockle',
  'gitleaks',
  'nikto',
  'nmap',
  'nuclei',
  'osv-scanner',
  'prowler',
  'semgrep',
  'sonar-scanner-cli',
  'testssl.sh',
  'trufflehog',
  'wpscan',
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
  'clair',
  'clamav',
  'cluster',
  'compliance',
  'container',
  'containers',
  'cve',
  'cves',
  'dast',
  'grype',
  'hardening',
  'k8s',
  'kube',
  'kubernetes',
  'malware',
  'node',
  'nodes',
  'owasp',
  'pentest',
  'posture',
  'rbac',
  'registry',
  'rootkit',
  'sbom',
  'security',
  'stig',
  'trivy',
  'virus',
  'vuln',
  'vulnerabilities',
  'vulnerability',
  'vulns',
];

const RUN: Matcher = { kinds: CRONJOB_JOB_AND_POD, notOwners: PIPELINES };
const NAMED: Matcher = {
  ...RUN,
  nameWords: [...SCAN_NAMES, ...OWN_NAMES],
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
    {
      ...RUN,
      nameWords: [...WRAPPED_NAMES, ...SCAN_NAMES],
      unlessWords: BESIDE_SCANS,
      runWords: WRAPPED,
      unlessRunWords: BESIDE_SCANS,
    },
  ].map((match) => scanLeaf({ what: 'scan', match, afterDenial: 'failed' })),
};
