package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Whoever shows it may do everything. The server listens on this machine only, and for minutes.
const token = "test"

// The longest that starting may take, and that one request may take.
const patience = 60 * time.Second

// cluster is an API server with its etcd.
type cluster struct {
	address string
	client  *http.Client
	folder  string
	parts   []*exec.Cmd
	// Names those that have ended.
	ended chan string
}

// start runs the kube-apiserver that lies beside this program, judging as the release 1.minor does, and waits until
// it answers.
func start(minor, connections int) (*cluster, error) {
	folder, err := os.MkdirTemp("", "depc-cluster-")
	if err != nil {
		return nil, err
	}
	running := &cluster{folder: folder, ended: make(chan string, 2), client: &http.Client{
		Timeout: patience,
		// The server has made its certificate itself, a moment ago; nobody else listens there.
		Transport: &http.Transport{
			TLSClientConfig:     &tls.Config{InsecureSkipVerify: true},
			MaxIdleConnsPerHost: connections,
		},
	}}
	if err := running.run(minor); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "kube-apiserver.log"))
		running.stop()
		return nil, fmt.Errorf("%w\n%s", err, last(string(log), 5))
	}
	return running, nil
}

func (c *cluster) run(minor int) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	etcd, peers := "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1]
	err = c.begin("etcd", "etcd", "--data-dir", c.at("etcd"), "--unsafe-no-fsync", "--log-level", "error",
		"--listen-client-urls", etcd, "--advertise-client-urls", etcd, "--listen-peer-urls", peers,
		"--initial-advertise-peer-urls", peers, "--initial-cluster", "default="+peers)
	if err != nil {
		return err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	bytes, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: bytes})
	if err := os.WriteFile(c.at("key"), text, 0o600); err != nil {
		return err
	}
	if err := os.WriteFile(c.at("tokens"), []byte(token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return err
	}
	own, err := os.Executable()
	if err != nil {
		return err
	}
	err = c.begin("kube-apiserver", filepath.Join(filepath.Dir(own), "kube-apiserver"),
		"--etcd-servers", etcd, "--secure-port", ports[2], "--bind-address", "127.0.0.1",
		"--advertise-address", "127.0.0.1", "--cert-dir", c.at("certificates"),
		"--service-cluster-ip-range", "10.0.0.0/16",
		"--service-account-key-file", c.at("key"), "--service-account-signing-key-file", c.at("key"),
		"--service-account-issuer", "https://kubernetes.default.svc",
		"--token-auth-file", c.at("tokens"), "--authorization-mode", "RBAC",
		"--disable-admission-plugins", "ServiceAccount", "--endpoint-reconciler-type", "none",
		"--allow-privileged=true", "--profiling=false", fmt.Sprintf("--emulated-version=1.%d", minor))
	if err != nil {
		return err
	}
	c.address = "https://127.0.0.1:" + ports[2]
	// The namespace is made a moment after the server is ready.
	return c.wait("/readyz", "/api/v1/namespaces/default")
}

// wait asks for paths until each was answered well.
func (c *cluster) wait(paths ...string) error {
	end := time.Now().Add(patience)
	for _, path := range paths {
		for {
			asked, err := http.NewRequest("GET", c.address+path, nil)
			if err != nil {
				return err
			}
			asked.Header.Set("Authorization", "Bearer "+token)
			given, err := c.client.Do(asked)
			if err == nil {
				given.Body.Close()
				if given.StatusCode == http.StatusOK {
					break
				}
			}
			if time.Now().After(end) {
				return fmt.Errorf("the API server does not answer %s", path)
			}
			select {
			case name := <-c.ended:
				return fmt.Errorf("%s has ended", name)
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
	return nil
}

func (c *cluster) begin(name, program string, arguments ...string) error {
	log, err := os.Create(c.at(name + ".log"))
	if err != nil {
		return err
	}
	part := exec.Command(program, arguments...)
	part.Stdout, part.Stderr = log, log
	// It ends with this program, however that ends.
	part.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := part.Start(); err != nil {
		return fmt.Errorf("%s cannot be started: %w", name, err)
	}
	c.parts = append(c.parts, part)
	go func() {
		part.Wait()
		c.ended <- name
	}()
	return nil
}

func (c *cluster) stop() {
	for _, part := range c.parts {
		part.Process.Kill()
	}
	os.RemoveAll(c.folder)
}

func (c *cluster) at(name string) string {
	return filepath.Join(c.folder, name)
}

// freePorts are ports of this machine on which nobody listens.
func freePorts(count int) ([]string, error) {
	var ports []string
	for range count {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		// All are held until all are found, so that no two are the same.
		defer listener.Close()
		_, port, _ := net.SplitHostPort(listener.Addr().String())
		ports = append(ports, port)
	}
	return ports, nil
}

// last are the last lines of a log.
func last(text string, count int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-count):], "\n")
}
