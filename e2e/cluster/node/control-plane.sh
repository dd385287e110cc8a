# Packs the images that the node's static pods run, under the names kubeadm asks for, into the node. Sourced by node-image.
# shellcheck shell=bash disable=SC2154

# import_tree TREE NAME [-c CHANGE]…: an image with just these files.
import_tree() {
  tar -C "$1" -c . | docker import -c 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin' "${@:3}" - "$2"
}

# loaded ROOT PATTERNS: the libraries that these files of the tree load.
loaded() { chroot "$1" /bin/sh -c "ldd $2" | grep -oE '/[^ ]+ \(' | tr -d ' (' | sort -u; }

# kubernetes_tree ROOT TREE: nodebin under the control plane's names, and what kube-proxy runs with the libraries they load.
kubernetes_tree() {
  local root=$1 tree=$2 name library triplet
  triplet=$(uname -m)-linux-gnu
  mkdir -p "$tree"/usr/{local/bin,bin,sbin,"lib/$triplet",lib64} "$tree"/{tmp,run,etc}
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$tree/$name"; done
  cp "$tools/nodebin" "$tree/usr/local/bin/"
  for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do ln -s nodebin "$tree/usr/local/bin/$name"; done
  for name in xtables-nft-multi nft conntrack; do cp -L "$root/usr/sbin/$name" "$tree/usr/sbin/"; done
  cp -r "$root/usr/lib/$triplet/xtables" "$tree/usr/lib/$triplet/"
  # iptables' extensions load libraries too: balancing a Service between pods (libxt_statistic.so) needs libm.
  for library in $(loaded "$root" "/usr/sbin/xtables-nft-multi /usr/sbin/nft /usr/sbin/conntrack /usr/lib/$triplet/xtables/*.so"); do
    cp -Ln "$root$library" "$tree$library"
  done
  for name in ip{,6}tables{,-save,-restore}; do ln -s xtables-nft-multi "$tree/usr/sbin/$name"; done
}

# control_plane ROOT WORK: writes ROOT/kind/images/control-plane.tar; the engine keeps none of these images.
control_plane() {
  local root=$1 work=$2 component images=()
  kubernetes_tree "$root" "$work/kubernetes"
  import_tree "$work/kubernetes" "registry.k8s.io/kube-apiserver:$kubernetes_version"
  for component in apiserver controller-manager scheduler proxy; do
    docker tag "registry.k8s.io/kube-apiserver:$kubernetes_version" "registry.k8s.io/kube-$component:$kubernetes_version"
    images+=("registry.k8s.io/kube-$component:$kubernetes_version")
  done
  mkdir -p "$work"/image/{etcd/usr/local/bin,coredns,pause}
  cp "$tools/etcd" "$work/image/etcd/usr/local/bin/"
  cp "$tools/coredns" "$work/image/coredns/"
  cp "$tools/pause" "$work/image/pause/"
  import_tree "$work/image/etcd" "registry.k8s.io/etcd:${etcd_version#v}-0"
  import_tree "$work/image/coredns" "registry.k8s.io/coredns/coredns:$coredns_version" -c 'ENTRYPOINT ["/coredns"]'
  import_tree "$work/image/pause" "registry.k8s.io/pause:$pause_version" -c 'ENTRYPOINT ["/pause"]'
  images+=("registry.k8s.io/etcd:${etcd_version#v}-0" "registry.k8s.io/coredns/coredns:$coredns_version" "registry.k8s.io/pause:$pause_version")
  docker save -o "$root/kind/images/control-plane.tar" "${images[@]}"
  docker image rm "${images[@]}"
}
