import { addonManager } from './addon-manager.ts';
import { argocd } from './argocd.ts';
import { carvel } from './carvel.ts';
import { catalogueFromTools, type Catalogue } from './classify.ts';
import { cloudnativePg } from './cloudnative-pg.ts';
import { clusterApiAddons } from './cluster-api-addons.ts';
import { complianceOperator } from './compliance-operator.ts';
import { conventional } from './conventional.ts';
import { crossplane } from './crossplane.ts';
import { crunchyPgo } from './crunchy-pgo.ts';
import { csiAddons } from './csi-addons.ts';
import { csiSnapshot } from './csi-snapshot.ts';
import { diki } from './diki.ts';
import { etcdDruid } from './etcd-druid.ts';
import { fleet } from './fleet.ts';
import { flux } from './flux.ts';
import { grype } from './grype.ts';
import { helm } from './helm.ts';
import { k3sEtcd } from './k3s-etcd.ts';
import { k3sHelm } from './k3s-helm.ts';
import { k8up } from './k8up.ts';
import { kanister } from './kanister.ts';
import { kasten } from './kasten.ts';
import { kubeBench } from './kube-bench.ts';
import { kubeHunter } from './kube-hunter.ts';
import { kubescape } from './kubescape.ts';
import { kubestash } from './kubestash.ts';
import { kubevela } from './kubevela.ts';
import { longhorn } from './longhorn.ts';
import { mariadbOperator } from './mariadb-operator.ts';
import { oadp } from './oadp.ts';
import { olm } from './olm.ts';
import { openshiftEtcd } from './openshift-etcd.ts';
import { otherOperators } from './other-operators.ts';
import { otherScanners } from './other-scanners.ts';
import { palette } from './palette.ts';
import { perconaMongodb } from './percona-mongodb.ts';
import { perconaPostgresql } from './percona-postgresql.ts';
import { perconaXtradb } from './percona-xtradb.ts';
import { popeye } from './popeye.ts';
import { providerAddons } from './provider-addons.ts';
import { rancherBackup } from './rancher-backup.ts';
import { rancherCompliance } from './rancher-compliance.ts';
import { sonobuoy } from './sonobuoy.ts';
import { starboard } from './starboard.ts';
import { stash } from './stash.ts';
import { sveltos } from './sveltos.ts';
import { syft } from './syft.ts';
import { talosBackup } from './talos-backup.ts';
import { tidb } from './tidb.ts';
import type { Tool } from './tool.ts';
import { trilio } from './trilio.ts';
import { trivy } from './trivy.ts';
import { trivyOperator } from './trivy-operator.ts';
import { velero } from './velero.ts';
import { volsync } from './volsync.ts';

/**
 * Every tool that is known. A new tool is one file and one line here. Sorted by id, but for the last two: other
 * delivery tools install by Helm as well, and any operator may be one that is known; the first that claims an object is named.
 */
export const TOOLS: readonly Tool[] = [
  addonManager,
  argocd,
  carvel,
  cloudnativePg,
  clusterApiAddons,
  complianceOperator,
  conventional,
  crossplane,
  crunchyPgo,
  csiAddons,
  csiSnapshot,
  diki,
  etcdDruid,
  fleet,
  flux,
  grype,
  k3sEtcd,
  k3sHelm,
  k8up,
  kanister,
  kasten,
  kubeBench,
  kubeHunter,
  kubescape,
  kubestash,
  kubevela,
  longhorn,
  mariadbOperator,
  oadp,
  olm,
  openshiftEtcd,
  otherScanners,
  palette,
  perconaMongodb,
  perconaPostgresql,
  perconaXtradb,
  popeye,
  providerAddons,
  rancherBackup,
  rancherCompliance,
  sonobuoy,
  starboard,
  stash,
  sveltos,
  syft,
  talosBackup,
  tidb,
  trilio,
  trivy,
  trivyOperator,
  velero,
  volsync,
  otherOperators,
  helm,
];

/** The built-in catalogue. */
export const CATALOGUE: Catalogue = catalogueFromTools(TOOLS);
