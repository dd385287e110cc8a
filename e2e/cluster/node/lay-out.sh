# Turns a minimal Debian into a kind node: kind's own files, Kubernetes' programs, containerd. Sourced by node-image.
# shellcheck shell=bash disable=SC2154

# lay_out ROOT KIND_FILES: changes the tree in ROOT. KIND_FILES is images/base/files of kind's module.
lay_out() {
  local root=$1 kind_files=$2 program
  cp -r --no-preserve=mode "$kind_files/etc/." "$root/etc/"
  cp -r --no-preserve=mode "$kind_files/kind" "$root/"
  cp --no-preserve=mode "$kind_files"/usr/local/bin/* "$root/usr/local/bin/"
  cp -r --no-preserve=mode "$cluster_dir/node/files/." "$root/"
  chmod 755 "$root"/usr/local/bin/* "$root"/kind/bin/*
  mkdir -p "$root"/opt/cni/bin "$root"/etc/kubernetes/manifests "$root"/kind/images

  # A container has no devices, mounts or consoles to set up.
  rm -rf "$root"/etc/systemd/system/*.wants/* "$root"/lib/systemd/system/{multi-user,local-fs,basic}.target.wants/* \
    "$root"/lib/systemd/system/sockets.target.wants/*{udev,initctl}* \
    "$root"/lib/systemd/system/sysinit.target.wants/systemd-tmpfiles-setup.service
  echo ReadKMsg=no >> "$root/etc/systemd/journald.conf"

  cp "$root"/usr/lib/cni/{bridge,host-local,loopback,portmap,ptp} "$root/opt/cni/bin/"
  for program in containerd ctr; do ln -sf "/usr/bin/$program" "$root/usr/local/bin/$program"; done
  cp "$tools/nodebin" "$root/usr/local/bin/nodebin"
  for program in kubelet kubeadm kubectl; do ln -s /usr/local/bin/nodebin "$root/usr/bin/$program"; done
  echo -n "$kubernetes_version" > "$root/kind/version"

  # Without CAP_SYS_RESOURCE no limit may be raised and no OOM score lowered.
  sed -i "s/restrict_oom_score_adj = false/restrict_oom_score_adj = true/; s#pause:[0-9.]*\"#pause:$pause_version\"#" \
    "$root/etc/containerd/config.toml"
  sed -i '/^Limit\|^OOMScoreAdjust/d' "$root/etc/systemd/system/containerd.service"
  chroot "$root" /bin/sh -c 'ctr oci spec | jq "
    .hooks.createContainer = [{\"path\": \"/kind/bin/mount-product-files.sh\"}] | del(.process.rlimits)
    " > /etc/containerd/cri-base.json'

  chroot "$root" systemctl enable kubelet containerd undo-mount-hacks preload-images
  chroot "$root" systemctl mask systemd-binfmt.service
}
