#!/bin/sh
# as-on-a-node.sh ROOT PODS LAST_WORDS PROGRAM ARGS…: runs a program with the volumes of a node's pods at /host_pods, as Velero's agent
# finds them on a node, and with a file for its last words where kubelet has it. ROOT is an empty folder; needs a mount
# namespace of its own.
set -eu
root=$1 pods=$2 last_words=$3
shift 3
mount -t tmpfs tmpfs "$root"
for entry in /*; do
  case $entry in /dev | /host_pods) continue ;; esac
  if [ -L "$entry" ]; then
    cp -P "$entry" "$root$entry"
  elif [ -d "$entry" ]; then
    mkdir "$root$entry"
    mount --rbind "$entry" "$root$entry"
  fi
done
mkdir "$root/dev" "$root/host_pods"
for device in null zero full random urandom; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
: >"$root/dev/termination-log"
mount --bind "$last_words" "$root/dev/termination-log"
mount --bind "$pods" "$root/host_pods"
exec chroot "$root" "$@"
