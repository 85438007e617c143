//go:build tools

// Package tools pins what the cluster suite runs: importing the commands keeps them in go.mod, go.sum pins their bytes.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
