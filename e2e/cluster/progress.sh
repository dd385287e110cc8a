# Progress of long jobs: one line when a step starts, one when it ended, with the time since the outermost script began.
# What the step prints goes to the log file; on failure the log's end is shown. Sourced after settings.sh.
# shellcheck shell=bash
export MICROBUS_STARTED=${MICROBUS_STARTED:-$(date +%s)}

# say TEXT: one line of progress on stderr.
say() {
  local elapsed=$(($(date +%s) - MICROBUS_STARTED))
  printf '%3d:%02d  %s\n' $((elapsed / 60)) $((elapsed % 60)) "$*" | tee -a "$log" >&2
}

# fail TEXT: ends the script with a message.
fail() {
  say "error: $*"
  exit 1
}

# step TEXT COMMAND…: runs one command with its output in the log. A function given as the command ends at its first
# failing command, unless `step` itself runs as a condition (`if`, left of `&&` or `||`), where bash ignores `set -e`.
step() {
  local text=$1 begun output status=0
  shift
  begun=$(date +%s) output=$(mktemp)
  say "$text …"
  # Not in an `if` or `||`: bash would switch `set -e` off inside the function.
  set +e
  (set -e && "$@") > "$output" 2>&1 < /dev/null
  status=$?
  set -e
  cat "$output" >> "$log"
  if [ $status -ne 0 ]; then
    tail -n 25 "$output" | sed 's/^/       | /' >&2
    rm -f "$output"
    fail "$text failed (exit code $status); the whole output is in $log"
  fi
  rm -f "$output"
  say "$text: done in $(($(date +%s) - begun)) s"
}

# together COMMAND…: runs commands (one word each) side by side and fails when one of them did.
together() {
  local command pid pids=() failed=0
  for command in "$@"; do
    "$command" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid" || failed=1; done
  return $failed
}

# alone NAME: waits until no other script holds this lock, then holds it until this script ends.
alone() {
  exec {lock_fd}> "$cache/$1.lock"
  flock -n "$lock_fd" && return
  say "waiting for another run that holds $cache/$1.lock"
  flock "$lock_fd"
}

# image_answers REFERENCE: whether an image registry answers for the reference, within seconds.
image_answers() {
  timeout 15 docker manifest inspect "$1" > /dev/null 2>&1
}
