import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.opensearch.Version;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;

/** Starts one bare OpenSearch node in the folder given, with `key=value` settings, and prints its address when ready. */
public final class OpenSearchNode extends Node {
  private static final List<String> PLUGINS = List.of(
      "org.opensearch.transport.Netty4ModulePlugin",
      "org.opensearch.ingest.common.IngestCommonModulePlugin",
      "org.opensearch.painless.PainlessModulePlugin",
      "org.opensearch.script.mustache.MustacheModulePlugin",
      "org.opensearch.index.reindex.ReindexModulePlugin",
      "org.opensearch.index.mapper.MapperExtrasModulePlugin");

  private OpenSearchNode(Environment environment, Collection<PluginInfo> plugins) {
    super(environment, plugins, true);
  }

  /** The ids are for log lines alone, and can be set once a process. */
  @Override
  protected void configureNodeAndClusterIdStateListener(ClusterService clusterService) {}

  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    Files.createDirectories(home.resolve("config"));
    Settings.Builder settings = Settings.builder()
        .put("path.home", home)
        .put("cluster.name", "domain-stats-test")
        .put("node.name", "test")
        .put("discovery.type", "single-node")
        .put("network.host", "127.0.0.1")
        .put("transport.port", "0")
        .put("http.port", "0");
    for (int i = 1; i < arguments.length; i++) {
      int cut = arguments[i].indexOf('=');
      settings.put(arguments[i].substring(0, cut), arguments[i].substring(cut + 1));
    }
    Settings built = settings.build();
    LogConfigurator.configureWithoutConfig(built);
    List<PluginInfo> plugins = new ArrayList<>();
    List<String> names = new ArrayList<>(PLUGINS);
    String more = System.getProperty("node.plugin");
    if (more != null) names.add(more);
    for (String name : names) {
      plugins.add(new PluginInfo(
          name, "module", Version.CURRENT.toString(), Version.CURRENT, "21", name, null, Collections.emptyList(), false));
    }
    Environment environment = InternalSettingsPreparer.prepareEnvironment(built, Map.of(), null, () -> "test");
    Node node = new OpenSearchNode(environment, plugins);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      try {
        node.close();
      } catch (Exception failure) {
        failure.printStackTrace();
      }
    }));
    node.start();
    System.out.println("READY " + node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress());
    // The node's own threads do not keep the process alive.
    new CountDownLatch(1).await();
  }
}
