# Building and pushing images. Sourced by `images` and `app-image` after settings.sh and progress.sh.
# shellcheck shell=bash disable=SC2154

# build NAME FOLDER [ARGUMENT…]: an image from the Dockerfile in FOLDER, pushed; its reference by digest goes to images/NAME.
build() {
  local name=$1 folder=$2 digest
  docker build -q --network none -t "$registry_push/$name:latest" "${@:3}" "$folder"
  digest=$(docker push "$registry_push/$name:latest" | sed -n 's/.*digest: \(sha256:[0-9a-f]*\).*/\1/p')
  if [ -z "$digest" ]; then
    echo "the registry gave no digest for $name"
    return 1
  fi
  mkdir -p "$cache/images/$(dirname "$name")"
  echo "$registry/$name@$digest" > "$cache/images/$name"
}

# reference NAME: what a pod names the image by.
reference() { cat "$cache/images/$1"; }

# key FILE…: a hash of what is in the files, and of the text on stdin.
key() { { cat && cat "$@"; } | sha256sum | cut -c1-12; }

need_venv() {
  [ -x "$repository/.venv/bin/python" ] || fail "no .venv: run \`make venv\` first"
}
