// The Kubernetes control plane that the tests run against: etcd, API server, controller manager and scheduler
// in one binary, one subcommand each, and `key`, which makes the key that signs service accounts' tokens.
// Every process ends when its standard input closes, so that nothing outlives the test run that started it,
// however that run ends.
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

const usage = "usage: control-plane key FILE | etcd DIR CLIENT_URL PEER_URL | apiserver FLAGS | controllers FLAGS | scheduler FLAGS"

func main() {
	if len(os.Args) < 2 {
		fail(usage)
	}
	part, arguments := os.Args[1], os.Args[2:]
	os.Args = os.Args[:1] // the commands below read it again
	if part == "key" {
		if len(arguments) != 1 {
			fail(usage)
		}
		if err := writeKey(arguments[0]); err != nil {
			fail(err)
		}
		return
	}
	go endWithStandardInput()
	switch part {
	case "etcd":
		if len(arguments) != 3 {
			fail(usage)
		}
		fail(serveEtcd(arguments[0], arguments[1], arguments[2]))
	case "apiserver":
		command := apiserver.NewAPIServerCommand()
		command.SetArgs(arguments)
		os.Exit(cli.Run(command))
	case "controllers":
		command := controllers.NewControllerManagerCommand()
		command.SetArgs(arguments)
		os.Exit(cli.Run(command))
	case "scheduler":
		command := scheduler.NewSchedulerCommand()
		command.SetArgs(arguments)
		os.Exit(cli.Run(command))
	default:
		fail(usage)
	}
}

// endWithStandardInput exits at once rather than asking politely: an API server whose etcd has gone first
// would wait for it for ever.
func endWithStandardInput() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func serveEtcd(dir, client, peer string) error {
	clientURL, err := url.Parse(client)
	if err != nil {
		return err
	}
	peerURL, err := url.Parse(peer)
	if err != nil {
		return err
	}
	config := embed.NewConfig()
	config.Dir = dir
	config.LogLevel = "error"
	config.UnsafeNoFsync = true // the data is thrown away with the run
	config.ListenClientUrls, config.AdvertiseClientUrls = []url.URL{*clientURL}, []url.URL{*clientURL}
	config.ListenPeerUrls, config.AdvertisePeerUrls = []url.URL{*peerURL}, []url.URL{*peerURL}
	config.InitialCluster = config.InitialClusterFromName(config.Name)
	server, err := embed.StartEtcd(config)
	if err != nil {
		return err
	}
	return <-server.Err()
}

// writeKey writes a new P-256 key; the API server signs with it, the controllers hand out what it signs.
func writeKey(path string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes}), 0o600)
}

func fail(reason any) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(1)
}
