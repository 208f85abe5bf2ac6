import { addonManager } from './addon-manager.ts';
import { arangodb } from './arangodb.ts';
import { argocd } from './argocd.ts';
import { awx } from './awx.ts';
import { bitpokeMysql } from './bitpoke-mysql.ts';
import { carvel } from './carvel.ts';
import { catalogueFromTools, type Catalogue } from './classify.ts';
import { cloudnativePg } from './cloudnative-pg.ts';
import { clusterApiAddons } from './cluster-api-addons.ts';
import { complianceOperator } from './compliance-operator.ts';
import { conventional } from './conventional.ts';
import { couchbase } from './couchbase.ts';
import { crossplane } from './crossplane.ts';
import { crunchyPgo } from './crunchy-pgo.ts';
import { csiAddons } from './csi-addons.ts';
import { csiSnapshot } from './csi-snapshot.ts';
import { diki } from './diki.ts';
import { edbPostgres } from './edb-postgres.ts';
import { etcdDruid } from './etcd-druid.ts';
import { etcdOperator } from './etcd-operator.ts';
import { fairwindsInsights } from './fairwinds-insights.ts';
import { fleet } from './fleet.ts';
import { flux } from './flux.ts';
import { giantswarmEtcd } from './giantswarm-etcd.ts';
import { grype } from './grype.ts';
import { helm } from './helm.ts';
import { imageScanner } from './image-scanner.ts';
import { k3sEtcd } from './k3s-etcd.ts';
import { k3sHelm } from './k3s-helm.ts';
import { k8ssandra } from './k8ssandra.ts';
import { k8up } from './k8up.ts';
import { kanister } from './kanister.ts';
import { kasten } from './kasten.ts';
import { kopiur } from './kopiur.ts';
import { kubeBench } from './kube-bench.ts';
import { kubeHunter } from './kube-hunter.ts';
import { kubeblocks } from './kubeblocks.ts';
import { kubegres } from './kubegres.ts';
import { kubescape } from './kubescape.ts';
import { kubestash } from './kubestash.ts';
import { kubevela } from './kubevela.ts';
import { kubevirt } from './kubevirt.ts';
import { longhorn } from './longhorn.ts';
import { mariadbOperator } from './mariadb-operator.ts';
import { moco } from './moco.ts';
import { mondoo } from './mondoo.ts';
import { neo4j } from './neo4j.ts';
import { oadp } from './oadp.ts';
import { olm } from './olm.ts';
import { openebsZfs } from './openebs-zfs.ts';
import { openshiftEtcd } from './openshift-etcd.ts';
import { oracleMysql } from './oracle-mysql.ts';
import { otherOperators } from './other-operators.ts';
import { otherScanners } from './other-scanners.ts';
import { palette } from './palette.ts';
import { perconaMongodb } from './percona-mongodb.ts';
import { perconaMysql } from './percona-mysql.ts';
import { perconaPostgresql } from './percona-postgresql.ts';
import { perconaXtradb } from './percona-xtradb.ts';
import { popeye } from './popeye.ts';
import { providerAddons } from './provider-addons.ts';
import { rancherBackup } from './rancher-backup.ts';
import { rancherCompliance } from './rancher-compliance.ts';
import { securecodebox } from './securecodebox.ts';
import { sonobuoy } from './sonobuoy.ts';
import { stackgres } from './stackgres.ts';
import { starboard } from './starboard.ts';
import { stash } from './stash.ts';
import { stork } from './stork.ts';
import { sveltos } from './sveltos.ts';
import { syft } from './syft.ts';
import { talosBackup } from './talos-backup.ts';
import { tidb } from './tidb.ts';
import type { Tool } from './tool.ts';
import { tridentProtect } from './trident-protect.ts';
import { trilio } from './trilio.ts';
import { trivyOperator } from './trivy-operator.ts';
import { trivy } from './trivy.ts';
import { velero } from './velero.ts';
import { vitess } from './vitess.ts';
import { volsync } from './volsync.ts';
import { yugabytedb } from './yugabytedb.ts';
import { zalandoPostgres } from './zalando-postgres.ts';
import { zora } from './zora.ts';

/**
 * Every tool that is known. A new tool is one file and one line here. Sorted by id, but for the last ones: other
 * delivery tools install by Helm as well, and any operator or scanner may be one that is known; the first that claims an
 * object is named.
 */
export const TOOLS: readonly Tool[] = [
  addonManager,
  arangodb,
  argocd,
  awx,
  bitpokeMysql,
  carvel,
  cloudnativePg,
  clusterApiAddons,
  complianceOperator,
  conventional,
  couchbase,
  crossplane,
  crunchyPgo,
  csiAddons,
  csiSnapshot,
  diki,
  edbPostgres,
  etcdDruid,
  etcdOperator,
  fairwindsInsights,
  fleet,
  flux,
  giantswarmEtcd,
  grype,
  imageScanner,
  k3sEtcd,
  k3sHelm,
  k8ssandra,
  k8up,
  kanister,
  kasten,
  kopiur,
  kubeBench,
  kubeHunter,
  kubeblocks,
  kubegres,
  kubescape,
  kubestash,
  kubevela,
  kubevirt,
  longhorn,
  mariadbOperator,
  moco,
  mondoo,
  neo4j,
  oadp,
  olm,
  openebsZfs,
  openshiftEtcd,
  oracleMysql,
  palette,
  perconaMongodb,
  perconaMysql,
  perconaPostgresql,
  perconaXtradb,
  popeye,
  providerAddons,
  rancherBackup,
  rancherCompliance,
  securecodebox,
  sonobuoy,
  stackgres,
  starboard,
  stash,
  stork,
  sveltos,
  syft,
  talosBackup,
  tidb,
  tridentProtect,
  trilio,
  trivy,
  trivyOperator,
  velero,
  vitess,
  volsync,
  yugabytedb,
  zalandoPostgres,
  zora,
  otherOperators,
  otherScanners,
  helm,
];

/** The built-in catalogue. */
export const CATALOGUE: Catalogue = catalogueFromTools(TOOLS);
