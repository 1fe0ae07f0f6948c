# Puts a job's folder on /opt/ml inside a mount namespace, then runs the job there.
# usage: mounts.sh EMPTY_FOLDER JOB_FOLDER COMMAND...
# /opt/ml need not exist: /opt is covered by a small tmpfs that shows everything that /opt holds.
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
mount --bind "$ml" "$opt/ml"
mount --rbind "$opt" /opt
# Not exec: the first process of a PID namespace would not notice SIGTERM.
set +e
"$@"
