# Mounts a job's folder on /opt/ml inside a mount namespace, then runs the job there.
# usage: mounts.sh EMPTY_FOLDER JOB_FOLDER COMMAND...
# /opt/ml need not exist: a small tmpfs covers /opt and shows all existing entries of /opt.
set -e
opt=$1
ml=$2
shift 2
mount -t tmpfs -o mode=755 opt "$opt"
for entry in /opt/*; do
  name=${entry##*/}
  if [ "$name" = ml ]; then
    continue
  elif [ -L "$entry" ]; then
    cp -P "$entry" "$opt/$name"
  elif [ -d "$entry" ]; then
    mkdir "$opt/$name"
    mount --rbind "$entry" "$opt/$name"
  elif [ -e "$entry" ]; then
    : >"$opt/$name"
    mount --bind "$entry" "$opt/$name"
  fi
done
mkdir "$opt/ml"
left=$LAPTOP_BYTES_LEFT
hosts=$LAPTOP_HOSTS_FILE
first=$LAPTOP_FIRST
unset LAPTOP_BYTES_LEFT LAPTOP_HOSTS_FILE LAPTOP_FIRST
if [ -n "$left" ]; then
  # Existing files stay readable; new files go to a disk of LAPTOP_BYTES_LEFT bytes.
  disk=${ml%/*}/disk
  mkdir "$disk"
  mount -t tmpfs -o "size=$left" disk "$disk"
  mkdir "$disk/written" "$disk/work" "$disk/scratch"
  mount -t overlay -o "lowerdir=$ml,upperdir=$disk/written,workdir=$disk/work,userxattr" ml "$opt/ml"
  mount --bind "$disk/scratch" "$TMPDIR"
else
  mount --bind "$ml" "$opt/ml"
fi
mount --rbind "$opt" /opt
if [ -n "$hosts" ]; then
  mount --bind "$hosts" /etc/hosts
fi
if [ -n "$first" ]; then
  exec "$@"
fi
# Not exec: the first process of a PID namespace would not notice SIGTERM.
set +e
"$@"
code=$?
if [ -n "$left" ]; then
  # The server does not see these mounts, so copy the new files. Overlayfs marks deleted files with
  # character devices; leave those out.
  find "$disk/written" -type c -delete
  cp -R "$disk/written/." "$ml"
fi
exit "$code"
