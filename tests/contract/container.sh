# Covers the environment of an image with a layer of its own, as the file system of a container is,
# and runs the command. usage: container.sh ENVIRONMENT EMPTY_FOLDER COMMAND...
set -e
environment=$1
layer=$2
shift 2
mount -t tmpfs layer "$layer"
mkdir "$layer/upper" "$layer/work"
mount -t overlay -o "lowerdir=$environment,upperdir=$layer/upper,workdir=$layer/work,userxattr" image "$environment"
"$@"
