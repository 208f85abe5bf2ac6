/** Programs that only carry files: what they carry is a backup where its name says so, and says nothing else. */
export const COPIERS: readonly string[] = [
  'aliyun oss cp',
  'aws s3 cp',
  'aws s3 mv',
  'aws s3 sync',
  'aws s3api get-object',
  'aws s3api put-object',
  'az storage blob download',
  'az storage blob download-batch',
  'az storage blob sync',
  'az storage blob upload',
  'az storage blob upload-batch',
  'azcopy copy',
  'azcopy cp',
  'azcopy sync',
  'b2 file upload',
  'b2 sync',
  'b2 upload-file',
  'coscli cp',
  'coscli sync',
  'cp',
  'cpio',
  'curator',
  'curator_cli snapshot',
  'dd',
  'gcloud storage cp',
  'git bundle',
  'git clone --mirror',
  'gcloud storage rsync',
  'gsutil cp',
  'gsutil rsync',
  'kubectl cp',
  'lftp',
  'mc cp',
  'mc mirror',
  'mc pipe',
  'mcli cp',
  'mcli mirror',
  'mcli pipe',
  'ncftpput',
  'obsutil cp',
  'oc cp',
  'oc rsync',
  'oci os object bulk-upload',
  'oci os object put',
  'ossutil cp',
  'ossutil sync',
  'rclone copy',
  'rclone copyto',
  'rclone copyurl',
  'rclone move',
  'rclone rcat',
  'rclone sync',
  'rsync',
  's3cmd get',
  's3cmd put',
  's3cmd sync',
  's5cmd cp',
  's5cmd sync',
  'scp',
  'sftp',
  'skbn cp',
  'swift download',
  'swift upload',
  'tar',
  'zip',
  '7z a',
];

/** The same as the entry points of images, of which some have other names. */
export const COPIER_IMAGES: readonly string[] = [
  ...COPIERS.filter((copier) => /^(?:az|azcopy|gsutil|mc|rclone|rsync|s3cmd|s5cmd|skbn) /.test(copier)),
  ...COPIERS.filter((copier) => copier.startsWith('aws ')).map((copier) => copier.replace('aws ', 'aws-cli ')),
];

/** What carries requests to another server. */
export const CALLERS: readonly string[] = ['curl', 'http', 'wget'];

/** Requests to another server that takes the snapshot. */
export const SNAPSHOT_CALLS: readonly string[] = [
  '*/_snapshot/*/*',
  '*/admin/tsdb/snapshot*',
  '*/backup*',
  '*/collections/*/snapshots*',
  '*/storage/raft/snapshot*',
  '*/v1/snapshot*',
  '*action=BACKUP*',
  '*command=BACKUP*',
];
/** Options by which a file is sent. */
export const UPLOADS: readonly string[] = ['-T', '--upload-file', '--upload-file=*'];

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
