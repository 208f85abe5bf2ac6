/** Programs of general use, which take part in a backup only where the object's name says so. */

/** Programs that copy files. What they copy is a backup where the object's name says so, and says nothing else. */
export const COPY_PROGRAMS: readonly string[] = [
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

/** Those of them that are the entry points of images, some of which have other names. */
export const COPY_ENTRYPOINTS: readonly string[] = [
  ...COPY_PROGRAMS.filter((copier) => /^(?:az|azcopy|gsutil|mc|rclone|rsync|s3cmd|s5cmd|skbn) /.test(copier)),
  ...COPY_PROGRAMS.filter((copier) => copier.startsWith('aws ')).map((copier) => copier.replace('aws ', 'aws-cli ')),
];

/** Programs that call a server. What is called makes a backup where its address and the object's name say so. */
export const HTTP_CLIENTS: readonly string[] = ['curl', 'http', 'wget'];

/** Addresses and queries by which a server takes a snapshot. */
export const SNAPSHOT_ADDRESSES: readonly string[] = [
  '*/_snapshot/*/*',
  '*/admin/tsdb/snapshot*',
  '*/backup*',
  '*/collections/*/snapshots*',
  '*/storage/raft/snapshot*',
  '*/v1/snapshot*',
  '*action=BACKUP*',
  '*command=BACKUP*',
];

/** Options by which a file is sent to a server. */
export const UPLOAD_OPTIONS: readonly string[] = ['-T', '--upload-file', '--upload-file=*'];

/** Methods and addresses of calls that take no snapshot, though a name and an address speak of one. */
export const NO_SNAPSHOT_ARGUMENTS: readonly string[] = [
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

/** Programs that make objects in the API server, and words that say of these objects that they lead to a backup. */
export const CREATE_COMMANDS: readonly string[] = ['kubectl apply', 'kubectl create', 'oc apply', 'oc create'];
export const BACKUP_OBJECTS: readonly string[] = [
  '*backup*',
  '*Backup*',
  '*restore*',
  '*Restore*',
  '*snapshot*',
  '*Snapshot*',
  '/*taskrun*',
];
