#!/usr/bin/env bash
# The search engines of the tests: OpenSearch and Elasticsearch as bare nodes, from Maven Central, with our launchers.
# OpenSearch comes a second time, older and with its Security plugin. Needs Maven and a JDK of 21 or newer. Does nothing
# for what is there already; prints the folder of each engine.
set -euo pipefail
cd "$(dirname "$0")/.."

sources=test/elastic/engines
cache=${XDG_CACHE_HOME:-$HOME/.cache}/domain-stats-engines

java_major() { "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1; }

# JAVA_HOME, then the java on the path, then every usual folder: the first JDK (with javac) of 21 or newer.
find_jdk() {
  local on_path folder major
  on_path=$(command -v java || true)
  for folder in "${JAVA_HOME:-}" "${on_path:+$(dirname "$(dirname "$(readlink -f "$on_path")")")}" /usr/lib/jvm/*; do
    [ -n "$folder" ] && [ -x "$folder/bin/java" ] && [ -x "$folder/bin/javac" ] || continue
    major=$(java_major "$folder")
    if [ "${major:-0}" -ge 21 ]; then
      echo "$folder"
      return
    fi
    found="${found:-}${found:+, }$folder is $major"
  done
  echo "no JDK 21 or newer (${found:-none found}); set JAVA_HOME" >&2
  return 1
}

jdk=$(find_jdk)
command -v mvn >/dev/null || { echo 'no Maven (mvn) on the path' >&2; exit 1; }

# An engine's folder is named by what it is made from, and appears whole or not at all.
install() {
  local engine=$1 key target scratch
  key=$(cat "$sources/$engine.pom.xml" $(find "$sources/java/${engine%-security}" -name '*.java' | sort) scripts/install-engines.sh | sha256sum | cut -c1-12)
  target=$cache/$engine-$key
  if ! [ -d "$target" ]; then
    mkdir -p "$cache"
    scratch=$(mktemp -d "$cache/install.XXXXXX")
    mvn --quiet --batch-mode --file "$sources/$engine.pom.xml" dependency:copy-dependencies \
      -DoutputDirectory="$scratch/lib" -DincludeScope=runtime
    "build_${engine//-/_}" "$scratch"
    mv -T "$scratch" "$target" 2>/dev/null || rm -rf "$scratch"
  fi
  ln -sfn "$jdk" "$target/jdk"
  echo "$engine $target"
}

compile() { # compile SOURCE_FOLDER CLASS_PATH JAR
  local classes
  classes=$(mktemp -d)
  "$jdk/bin/javac" -nowarn --release 21 -cp "$2" -d "$classes" "$1"/*.java
  "$jdk/bin/jar" --create --file "$3" -C "$classes" .
  rm -rf "$classes"
}

build_opensearch() {
  compile "$sources/java/opensearch" "$1/lib/*" "$1/lib/launcher.jar"
}

# The plugin's jars go beside the others, but for those that are there in another version; its default users beside them.
build_opensearch_security() {
  local plugin=$1/plugin jar name
  mkdir "$plugin"
  mvn --quiet --batch-mode dependency:copy -DoutputDirectory="$plugin" \
    -Dartifact=org.opensearch.plugin:opensearch-security:3.4.0.0:zip
  (cd "$plugin" && "$jdk/bin/jar" --extract --file opensearch-security-*.zip)
  for jar in "$plugin"/*.jar; do
    name=$(basename "$jar" | sed 's/-[0-9].*//')
    compgen -G "$1/lib/$name-[0-9]*.jar" >/dev/null || mv "$jar" "$1/lib"
  done
  mv "$plugin/config" "$1/config"
  rm -rf "$plugin"
  build_opensearch "$1"
}

# Elasticsearch loads its HTTP server from a module's folder with a class loader of its own.
build_elasticsearch() {
  local netty=$1/modules/transport-netty4 root=$1/modules/root version
  version=$(sed -n 's/.*<engine>\(.*\)<\/engine>.*/\1/p' "$sources/elasticsearch.pom.xml")
  mkdir -p "$netty" "$root"
  mv "$1"/lib/netty-*.jar "$1"/lib/transport-netty4-*.jar "$netty"
  describe transport-netty4 org.elasticsearch.transport.netty4.Netty4Plugin "$version" >"$netty/plugin-descriptor.properties"
  compile "$sources/java/elasticsearch/root" "$1/lib/*" "$root/root.jar"
  describe root RootPlugin "$version" >"$root/plugin-descriptor.properties"
  compile "$sources/java/elasticsearch/launcher" "$1/lib/*" "$1/lib/launcher.jar"
}

describe() {
  printf 'description=%s\nversion=%s\nname=%s\nclassname=%s\njava.version=21\nelasticsearch.version=%s\n' "$1" "$3" "$1" "$2" "$3"
}

install opensearch
install opensearch-security
install elasticsearch
