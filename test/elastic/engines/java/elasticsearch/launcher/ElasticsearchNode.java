import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.http.HttpServerTransport;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** Starts one bare Elasticsearch node in the folder given, with `key=value` settings, and prints its address when ready. */
public final class ElasticsearchNode {
  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]);
    Files.createDirectories(home.resolve("config"));
    Files.createDirectories(home.resolve("plugins"));
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
    Environment environment = InternalSettingsPreparer.prepareEnvironment(built, Map.of(), null, () -> "test");
    PluginsLoader loader = PluginsLoader.createPluginsLoader(
        PluginsLoader.loadModulesBundles(home.resolve("modules"), false),
        PluginsLoader.loadPluginsBundles(home.resolve("plugins"), false),
        Map.of(),
        false);
    Node node = new Node(environment, loader) {};
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
