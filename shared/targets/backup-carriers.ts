/** Programs that only carry files: what they carry is a backup where its name says so, and says nothing else. */
export const COPIERS: readonly string[] = [
  'aliyun oss cp',
  'aws s3 cp',
  'aws s3 mv',
  'aws s3 sync',
  'aws s3api put-object',
  'az storage blob sync',
  'az storage blob upload',
  'az storage blob upload-batch',
  'azcopy copy',
  'azcopy cp',
  'azcopy sync',
  'b2 sync',
  'b2 upload-file',
  'coscli cp',
  'coscli sync',
  'gcloud storage cp',
  'gcloud storage rsync',
  'gsutil cp',
  'gsutil rsync',
  'lftp',
  'mc cp',
  'mc mirror',
  'mcli cp',
  'mcli mirror',
  'obsutil cp',
  'oci os object put',
  'ossutil cp',
  'ossutil sync',
  'rclone copy',
  'rclone copyto',
  'rclone sync',
  'rsync',
  's3cmd put',
  's3cmd sync',
  's5cmd cp',
  's5cmd sync',
  'scp',
  'swift upload',
  'tar',
  'zip',
  '7z a',
];

/** Requests to another server that takes the snapshot. */
export const SNAPSHOT_CALLS: readonly string[] = [
  '*/_snapshot/*/*',
  '*/admin/tsdb/snapshot*',
  '*/collections/*/snapshots*',
  '*/storage/raft/snapshot*',
  '*/v1/snapshot*',
  '*action=BACKUP*',
  '*command=BACKUP*',
];
/** Methods by which none is taken. */
export const NO_CALL: readonly string[] = [
  '--get',
  '-I',
  '-XDELETE',
  '-XGET',
  '-XHEAD',
  'DELETE',
  'GET',
  'HEAD',
  '*/_all*',
  '*/_status*',
];

/** Requests to the API server that lead to a backup. */
export const REQUESTS: readonly string[] = ['kubectl apply', 'kubectl create', 'oc apply', 'oc create'];
export const REQUESTED: readonly string[] = [
  '*backup*',
  '*Backup*',
  '*restore*',
  '*Restore*',
  '*snapshot*',
  '*Snapshot*',
  '/*taskrun*',
];

/** Images of the same, whose entry point is the program. */
export const BACKUP_IMAGES: readonly string[] = [
  'borgmatic',
  'docker-mysql-backup',
  'docker-volume-backup',
  'postgres-backup-s3',
];
